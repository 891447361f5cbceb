using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training;

/// <summary>A copy of all of a U-Net's weights; disposing of it puts them back.</summary>
public sealed class WeightSnapshot : IDisposable
{
    private readonly IDenoiser _unet;
    private readonly Dictionary<string, Tensor> _kept;

    /// <param name="unet">Its weights are copied as they are now.</param>
    public WeightSnapshot(IDenoiser unet)
    {
        _unet = unet;
        _kept = unet.Parameters.ToDictionary(pair => pair.Key, pair =>
        {
            using var alias = pair.Value.detach();
            return alias.clone().DetachFromDisposeScope();
        });
    }

    /// <summary>The copies, by the weights' names.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _kept;

    public void Dispose()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (name, kept) in _kept)
        {
            _unet.Parameters[name].copy_(kept);
            kept.Dispose();
        }
        _kept.Clear();
    }
}
