using System.Globalization;
using System.Text.Json;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
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
    private const string StepsTaken = "steps";

    private readonly IDenoiser _unet;
    private readonly LoraAdapter? _adapter;
    private readonly LoraBase _base;
    private readonly WeightSnapshot? _former;
    private readonly IReadOnlyList<(string Name, Tensor Weight)> _trained;
    private Dictionary<string, Tensor> _exact = [];

    /// <param name="model">Its denoiser without an adapter, with the base model's weights.</param>
    /// <param name="part">What is trained, and from where.</param>
    /// <param name="seed">Of a new adapter.</param>
    /// <exception cref="EngineException">The file to go on from does not fit.</exception>
    public TrainedModel(StableDiffusion model, TrainedPart part, int seed)
    {
        var unet = _unet = model.Denoiser;
        _base = new LoraBase(LoraAdapter.PartsOf(model));
        if (part is TrainedPart.Adapter adapter)
        {
            var begin = new NewBranches(adapter.Targets, adapter.Rank, adapter.Alpha ?? adapter.Rank, seed);
            _adapter = (part.From, adapter.Texts) switch
            {
                ({ } file, true) => LoraAdapter.LoadWithTexts(model, file, begin),
                ({ } file, false) => LoraAdapter.Load(model, file),
                (null, true) => LoraAdapter.CreateWithTexts(model, begin),
                (null, false) => LoraAdapter.Create(unet, begin.Targets, begin.Rank, begin.Alpha, seed),
            };
            _trained = adapter.Texts ? _adapter.ParametersWithTexts(model) : _adapter.Parameters;
        }
        else
        {
            _former = new WeightSnapshot(unet);
            if (part.From is { } weights)
            {
                ModelPatch.CopyInto(unet, weights);
                // What the model has rounded: the optimizer goes on from the file's own numbers.
                _exact = MixedPrecision.IsNarrow(model.Precision) ? ModelPatch.Read(unet, weights, ScalarType.Float32) : [];
            }
            _trained = [.. unet.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];
        }
    }

    /// <summary>The float32 values of <see cref="Parameters"/> that the model has rounded, by name, handed over to whoever trains
    /// them.</summary>
    internal Dictionary<string, Tensor> TakeExact()
    {
        var exact = _exact;
        _exact = [];
        return exact;
    }

    /// <summary>Names and leaves, in a fixed order.</summary>
    public IReadOnlyList<(string Name, Tensor Weight)> Parameters => _trained;

    /// <summary>What the folder is called into which a run exports it.</summary>
    internal string FolderName => _adapter is null ? _unet.PartName : "adapter";

    /// <summary>The values of <see cref="Parameters"/> under which the model is the base model.</summary>
    internal IEnumerable<Tensor> BaseWeights() =>
        Parameters.Select(parameter => _former is null ? zeros_like(parameter.Weight) : _former.Weights[parameter.Name]);

    /// <summary>
    /// Writes what sampling and other programs read: an adapter in the formats of diffusers, kohya and PEFT, or a U-Net's folder
    /// as diffusers has it. Returns the file to go on from.
    /// </summary>
    /// <param name="folder">There already.</param>
    /// <param name="metadata">For the files' headers.</param>
    /// <param name="trained">What is trained, in float32.</param>
    public string Export(string folder, IReadOnlyDictionary<string, string> metadata, TrainableWeights trained)
    {
        if (_adapter is not null)
        {
            var path = Path.Combine(folder, LoraFile.DiffusersName);
            LoraWriter.Diffusers(path, _adapter.Branches, metadata);
            LoraWriter.Kohya(Path.Combine(folder, LoraFile.KohyaName), _adapter.Branches, metadata, _base);
            LoraWriter.Peft(folder, _adapter.Branches, metadata);
            return path;
        }
        var weights = Path.Combine(folder, "diffusion_pytorch_model.safetensors");
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(_unet.ConfigJson));
        SafeTensors.Write(weights, trained.Names.Zip(trained.Weights).ToDictionary(pair => pair.First, pair => pair.Second), metadata);
        return weights;
    }

    /// <summary>Writes the exact float32 weights and the optimizer into a checkpoint's folder.</summary>
    public static void Save(string checkpoint, TrainableWeights weights)
    {
        SafeTensors.Write(Path.Combine(checkpoint, WeightsFile),
            weights.Names.Zip(weights.Weights).ToDictionary(pair => pair.First, pair => pair.Second));
        SafeTensors.Write(Path.Combine(checkpoint, OptimizerFile),
            weights.OptimizerTensors().ToDictionary(pair => pair.Name, pair => pair.Tensor),
            new Dictionary<string, string> { [StepsTaken] = weights.Steps.ToString(CultureInfo.InvariantCulture) });
    }

    /// <summary>Takes an earlier run's optimizer over: AdamW's moments and the number of its steps. Nothing, where text encoders were
    /// trained in one of the two runs alone.</summary>
    /// <param name="file">As <see cref="Save"/> writes it.</param>
    /// <returns>Whether it was taken over.</returns>
    /// <exception cref="EngineException">It is of other weights, damaged, or from before the steps were kept.</exception>
    public static bool GoOn(string file, TrainableWeights weights)
    {
        long steps;
        using (var opened = SafeTensors.Open(file))
        {
            if (opened.Names.Any(IsOfTexts) != weights.Names.Any(IsOfTexts))
            {
                return false;
            }
            if (!long.TryParse(opened.Metadata.GetValueOrDefault(StepsTaken), NumberStyles.None, CultureInfo.InvariantCulture, out steps))
            {
                throw new EngineException($"{file} does not say how many steps its optimizer took; begin with a new optimizer once");
            }
        }
        using var saved = new CheckpointWeights([file], "the weights that are trained; begin with a new optimizer");
        foreach (var (name, tensor) in weights.OptimizerTensors())
        {
            saved.Take(name, tensor.shape, Start.Zeros);
        }
        saved.Finish();
        weights.GoOn(saved.Taken, steps);
        foreach (var tensor in saved.Taken.Values)
        {
            tensor.Dispose();
        }
        return true;
    }

    private static bool IsOfTexts(string name) => name.StartsWith("text_encoder", StringComparison.Ordinal);

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
        foreach (var exact in _exact.Values)
        {
            exact.Dispose();
        }
        foreach (var weight in _unet.Parameters.Values)
        {
            weight.requires_grad_(false);
        }
        _former?.Dispose();
    }
}
