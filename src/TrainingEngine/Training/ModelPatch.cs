using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training;

/// <summary>
/// What a training run left behind, put on a model: an adapter of any known format, or a file with all weights of its U-Net.
/// Disposing of it takes an adapter off again, or puts the U-Net's former weights back.
/// </summary>
public sealed class ModelPatch : IDisposable
{
    private readonly LoraAdapter? _adapter;
    private readonly WeightSnapshot? _former;

    /// <param name="model">Gets it.</param>
    /// <param name="path">A file, or a folder with an adapter in it.</param>
    /// <exception cref="EngineException">The file cannot be read or does not fit the model.</exception>
    public ModelPatch(StableDiffusion model, string path)
    {
        path = LoraFile.Locate(path);
        if (IsWholeUNet(model.Denoiser, path))
        {
            _former = new WeightSnapshot(model.Denoiser);
            CopyInto(model.Denoiser, path);
        }
        else
        {
            _adapter = LoraAdapter.Load(model, path);
        }
    }

    /// <summary>True for a file that holds a U-Net's own weights, not an adapter.</summary>
    public static bool IsWholeUNet(IDenoiser unet, string path) => LoraFile.IsWhole(path, unet.Parameters.ContainsKey);

    /// <summary>Copies all weights of a file into a U-Net, rounded to its type.</summary>
    /// <exception cref="EngineException">The file lacks weights, holds others, or their shapes or values are wrong.</exception>
    public static void CopyInto(IDenoiser unet, string path)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (name, tensor) in Read(unet, path, unet.Parameters.Values.First().dtype))
        {
            unet.Parameters[name].copy_(tensor);
            tensor.Dispose();
        }
    }

    /// <summary>All weights of a file for a U-Net, by name; the caller frees them.</summary>
    /// <exception cref="EngineException">The file lacks weights, holds others, or their shapes or values are wrong.</exception>
    internal static Dictionary<string, Tensor> Read(IDenoiser unet, string path, ScalarType type)
    {
        using var source = new CheckpointWeights([path], "this model's U-Net; give weights that were trained from this model", type,
            unet.Parameters.Values.First().device);
        var loaded = unet.Parameters.ToDictionary(pair => pair.Key, pair => source.Take(pair.Key, pair.Value.shape, Start.Zeros));
        source.Finish();
        return loaded;
    }

    public void Dispose()
    {
        _adapter?.Dispose();
        _former?.Dispose();
    }
}
