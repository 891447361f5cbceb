using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training;

/// <summary>
/// What a training run left behind, put on a U-Net: an adapter of any known format, or a file with all of its weights.
/// Disposing of it takes an adapter off again, or puts the U-Net's former weights back.
/// </summary>
public sealed class ModelPatch : IDisposable
{
    private readonly LoraAdapter? _adapter;
    private readonly WeightSnapshot? _former;

    /// <param name="unet">Gets it.</param>
    /// <param name="path">A file, or a folder with an adapter in it.</param>
    /// <exception cref="EngineException">The file cannot be read or does not fit the model.</exception>
    public ModelPatch(UNet2DConditionModel unet, string path)
    {
        if (File.Exists(path) && IsWholeUNet(unet, path))
        {
            _former = new WeightSnapshot(unet);
            CopyInto(unet, path);
        }
        else
        {
            _adapter = LoraAdapter.Load(unet, path);
        }
    }

    /// <summary>True for a file that holds a U-Net's own weights, not an adapter.</summary>
    public static bool IsWholeUNet(UNet2DConditionModel unet, string path)
    {
        using var file = SafeTensors.Open(path);
        return file.Names.Any(unet.Parameters.ContainsKey);
    }

    /// <summary>Copies all weights of a file into a U-Net.</summary>
    /// <exception cref="EngineException">The file lacks weights, holds others, or their shapes or values are wrong.</exception>
    public static void CopyInto(UNet2DConditionModel unet, string path)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var weight = unet.Parameters["conv_in.weight"];
        using var source =
            new CheckpointWeights([path], "this model's U-Net; give weights that were trained from this model", weight.dtype,
                weight.device);
        var loaded = unet.Parameters.ToDictionary(pair => pair.Key, pair => source.Take(pair.Key, pair.Value.shape, Start.Zeros));
        source.Finish();
        foreach (var (name, tensor) in loaded)
        {
            unet.Parameters[name].copy_(tensor);
            tensor.Dispose();
        }
    }

    public void Dispose()
    {
        _adapter?.Dispose();
        _former?.Dispose();
    }
}
