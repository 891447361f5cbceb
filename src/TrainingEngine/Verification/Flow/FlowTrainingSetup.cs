using System.Text.Json;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>A flow model with its adapter as golden-flow's training files have them.</summary>
internal sealed class FlowTrainingSetup : IDisposable
{
    private readonly GoldenFile _file;
    private readonly string _family;
    private readonly LoraAdapter _adapter;
    private readonly LoraKeys _keys;
    private readonly Dictionary<string, int> _places;

    /// <param name="file">Of golden-flow.</param>
    /// <param name="family"><c>sd3</c> or <c>flux</c>.</param>
    public FlowTrainingSetup(GoldenFile file, string family)
    {
        (_file, _family, Settings) = (file, family, file.Json("flow.json"));
        Model = new FlowGoldenModel(file, family);
        _adapter = LoraAdapter.Load(Model.Denoiser, file.Beside(Path.Combine($"lora_{family}", "adapter_model.safetensors")));
        _keys = new LoraKeys(_adapter.Branches.Keys);
        _places = _adapter.Parameters.Select((parameter, place) => (parameter.Name, place))
            .ToDictionary(pair => pair.Name, pair => pair.place);
        foreach (var leaf in Leaves)
        {
            leaf.requires_grad_();
        }
    }

    public FlowGoldenModel Model { get; }

    public JsonElement Settings { get; }

    public IReadOnlyList<(string Name, Tensor Weight)> Parameters => _adapter.Parameters;

    public Tensor[] Leaves => [.. _adapter.Parameters.Select(parameter => parameter.Weight)];

    /// <summary>Whether the values may be twice as far off: FLUX's are less exact than SD3's.</summary>
    public double MeanTolerance => Model.IsFlux ? 6e-4 : 1e-4;

    /// <summary>The sampling steps that the training files hold.</summary>
    public int[] StepIndices => [.. Settings.GetProperty(_family).GetProperty("trajectory_step_indices").EnumerateArray()
        .Select(index => index.GetInt32())];

    /// <summary>The policy under the guidance and noise of a section of the settings.</summary>
    public (Policy Policy, FlowPolicy Steps) Policy(JsonElement section, string noise)
    {
        var schedule = Model.Schedule(Settings.GetProperty("common").GetProperty("steps").GetInt32());
        var steps = new FlowPolicy(schedule, FlowNoiseNames.Parse(noise), section.GetProperty("noise_level").GetDouble());
        return (new Policy(new GuidedDenoiser(Model.Denoiser, section.GetProperty("guidance_scale").GetDouble()), steps), steps);
    }

    /// <summary>All gradients of a prefix together; where the file holds none, every one must be exactly zero.</summary>
    public IEnumerable<Finding> Gradients(string prefix, IEnumerable<Tensor> gradients)
    {
        var own = gradients.ToArray();
        var stored = Stored(prefix);
        var expected = D3poSetup.Together(stored.Select(pair => pair.Value));
        var actual = D3poSetup.Together(stored.Select(pair => own[Place(pair.Key[prefix.Length..])]));
        return expected.abs().max().item<float>() == 0
            ? [new Finding($"{prefix}* largest", actual.abs().max().item<float>(), 0)]
            : Compare.Tensors($"{prefix}*", actual, expected, relativeRms: 2e-4);
    }

    /// <summary>The weights after AdamW's first step, which is lr·sign(g) nearly: where g is near 0 its sign is chance.</summary>
    public IEnumerable<Finding> Weights(string prefix, IReadOnlyList<Tensor> weights, Tensor[] before, double learningRate)
    {
        var stored = Stored(prefix);
        var places = stored.Select(pair => Place(pair.Key[prefix.Length..])).ToArray();
        var (wanted, actual, start) = (D3poSetup.Together(stored.Select(pair => pair.Value)),
            D3poSetup.Together(places.Select(place => weights[place])), D3poSetup.Together(places.Select(place => before[place])));
        return
        [
            .. Compare.Tensors($"{prefix}*", actual, wanted, largest: 2 * learningRate),
            .. Compare.Tensors($"{prefix}* update", actual - start, wanted - start, relativeRms: 5e-2),
        ];
    }

    public void Dispose() => _adapter.Dispose();

    private KeyValuePair<string, Tensor>[] Stored(string prefix) =>
        [.. _file.Tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))];

    private int Place(string key) => _keys.Parse(key) is { Targets: [var target], Part: var part }
        ? _places[LoraKeys.Diffusers(target.Layer, part)]
        : throw new EngineException($"the golden file names {key}, which the model does not have");
}
