using System.Text.Json;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training;

/// <summary>
/// A U-Net made ready for training. Disposing of it leaves the U-Net as it was: an adapter is taken off again, former
/// weights are put back.
/// </summary>
public sealed class TrainedModel : IDisposable
{
    private const string WeightsFile = "weights.safetensors";
    private const string OptimizerFile = "optimizer.safetensors";

    private readonly UNet2DConditionModel _unet;
    private readonly LoraAdapter? _adapter;
    private readonly WeightSnapshot? _former;

    /// <param name="unet">Without an adapter, with the base model's weights.</param>
    /// <param name="part">What is trained, and from where.</param>
    /// <param name="seed">Of a new adapter.</param>
    /// <exception cref="EngineException">The file to go on from does not fit.</exception>
    public TrainedModel(UNet2DConditionModel unet, TrainedPart part, int seed)
    {
        _unet = unet;
        if (part is TrainedPart.Adapter adapter)
        {
            _adapter = part.From is { } file
                ? LoraAdapter.Load(unet, file)
                : LoraAdapter.Create(unet, adapter.Targets, adapter.Rank, adapter.Alpha ?? adapter.Rank, seed);
        }
        else
        {
            _former = new WeightSnapshot(unet);
            if (part.From is { } weights)
            {
                ModelPatch.CopyInto(unet, weights);
            }
        }
    }

    /// <summary>Names and leaves, in a fixed order.</summary>
    public IReadOnlyList<(string Name, Tensor Weight)> Parameters =>
        _adapter?.Parameters
            ?? [.. _unet.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];

    /// <summary>What the folder is called into which a run exports it.</summary>
    internal string FolderName => _adapter is null ? "unet" : "adapter";

    /// <summary>The values of <see cref="Parameters"/> under which the model is the base model.</summary>
    internal IEnumerable<Tensor> BaseWeights() =>
        Parameters.Select(parameter => _former is null ? zeros_like(parameter.Weight) : _former.Weights[parameter.Name]);

    /// <summary>
    /// Writes what sampling and other programs read: an adapter in the formats of diffusers and kohya, or a U-Net's folder
    /// as diffusers has it. Returns the file to go on from.
    /// </summary>
    public string Export(string folder, IReadOnlyDictionary<string, string> metadata)
    {
        if (_adapter is not null)
        {
            var path = Path.Combine(folder, LoraFile.DiffusersName);
            LoraFile.WriteDiffusers(path, _adapter.Branches, metadata);
            LoraFile.WriteKohya(Path.Combine(folder, LoraFile.KohyaName), _adapter.Branches, metadata);
            return path;
        }
        var weights = Path.Combine(folder, "diffusion_pytorch_model.safetensors");
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(_unet.Config.ToJson()));
        SafeTensors.Write(weights, _unet.Parameters, metadata);
        return weights;
    }

    /// <summary>Writes the exact float32 weights and the optimizer into a checkpoint's folder.</summary>
    public static void Save(string checkpoint, TrainableWeights weights)
    {
        SafeTensors.Write(Path.Combine(checkpoint, WeightsFile),
            weights.Names.Zip(weights.Weights).ToDictionary(pair => pair.First, pair => pair.Second));
        SafeTensors.Write(Path.Combine(checkpoint, OptimizerFile),
            weights.OptimizerTensors().ToDictionary(pair => pair.Name, pair => pair.Tensor));
    }

    /// <summary>Takes weights and optimizer over from a checkpoint.</summary>
    /// <exception cref="EngineException">A file is missing or damaged, or of another run.</exception>
    public static void Restore(string checkpoint, TrainableWeights weights, long steps)
    {
        using var saved = new CheckpointWeights(
            [Path.Combine(checkpoint, WeightsFile), Path.Combine(checkpoint, OptimizerFile)],
                "what this run trains; delete the checkpoint to start over");
        foreach (var (name, tensor) in weights.Names.Zip(weights.Weights).Concat(weights.OptimizerTensors()))
        {
            saved.Take(name, tensor.shape, Start.Zeros);
        }
        saved.Finish();
        weights.Restore(saved.Taken, steps);
        foreach (var tensor in saved.Taken.Values)
        {
            tensor.Dispose();
        }
    }

    public void Dispose()
    {
        if (_adapter is not null)
        {
            _adapter.Dispose();
            return;
        }
        foreach (var weight in _unet.Parameters.Values)
        {
            weight.requires_grad_(false);
        }
        _former?.Dispose();
    }
}
