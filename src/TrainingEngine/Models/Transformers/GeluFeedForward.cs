using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>Two matrices with GELU in its tanh form between them, four times as wide.</summary>
internal sealed class GeluFeedForward(ModelPart part, string name, long width)
{
    private readonly Linear _wide = new(part[name], "net.0.proj", width, 4 * width);
    private readonly Linear _narrow = new(part[name], "net.2", 4 * width, width);

    public IEnumerable<Adaptable> Layers => [_wide, _narrow];

    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(_narrow.Forward(Gelu(_wide.Forward(x))));
    }

    /// <summary>½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), by libtorch.</summary>
    public static Tensor Gelu(Tensor x) => x.gelu(TorchSharp.Modules.GELU.Approximate.tanh);
}
