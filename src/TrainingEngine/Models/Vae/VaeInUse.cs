using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Vae;

/// <summary>An autoencoder on the device that it is used on: itself, or a copy, which goes when it is disposed of.</summary>
public sealed class VaeInUse : IDisposable
{
    private readonly bool _isCopy;

    /// <param name="kept">Where it is kept.</param>
    /// <param name="device">Where it is used.</param>
    public VaeInUse(AutoencoderKL kept, Device device)
    {
        _isCopy = kept.Parameters.Values.First().device.type != device.type;
        Vae = _isCopy ? kept.CopiedTo(device) : kept;
    }

    public AutoencoderKL Vae { get; }

    public void Dispose()
    {
        if (_isCopy)
        {
            foreach (var weight in Vae.Parameters.Values)
            {
                weight.Dispose();
            }
        }
    }
}
