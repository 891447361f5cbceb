using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>A place in a model while it is being made: layers take their tensors through it under the place's path.</summary>
public sealed class ModelPart
{
    private readonly WeightSource source;
    private readonly string prefix;

    private ModelPart(WeightSource source, string prefix, AdapterSwitch adapter) => (this.source, this.prefix, Adapter) = (source, prefix, adapter);

    public static ModelPart Root(WeightSource source) => new(source, "", new AdapterSwitch());

    /// <summary>The model's switch.</summary>
    public AdapterSwitch Adapter { get; }

    public ModelPart this[string name] => new(source, $"{prefix}{name}.", Adapter);

    public string PathOf(string name) => prefix + name;

    public bool Has(string name) => source.Has(prefix + name);

    public Tensor Take(string name, long[] shape, Start start, long fanIn = 1) => source.Take(prefix + name, shape, start, fanIn);
}
