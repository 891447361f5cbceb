using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>A place in a model while it is being made: layers take their tensors through it under the place's path.</summary>
public sealed class ModelPart
{
    private readonly WeightSource _source;
    private readonly string _prefix;

    private ModelPart(WeightSource source, string prefix, AdapterSwitch adapter, OutputWatch watch) =>
        (_source, _prefix, Adapter, Watch) = (source, prefix, adapter, watch);

    public static ModelPart Root(WeightSource source) => new(source, "", new AdapterSwitch(), new OutputWatch());

    /// <summary>The model's switch.</summary>
    public AdapterSwitch Adapter { get; }

    /// <summary>Where the model's parts show their outputs.</summary>
    public OutputWatch Watch { get; }

    public ModelPart this[string name] => new(_source, $"{_prefix}{name}.", Adapter, Watch);

    /// <summary>The place's own path.</summary>
    public string Path => _prefix.TrimEnd('.');

    public string PathOf(string name) => _prefix + name;

    public bool Has(string name) => _source.Has(_prefix + name);

    public Tensor Take(string name, long[] shape, Start start, long fanIn = 1) => _source.Take(_prefix + name, shape, start, fanIn);
}
