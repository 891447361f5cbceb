using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>y = x Wᵀ + b over the last dimension.</summary>
public sealed class Linear(ModelPart part, string name, long inputs, long outputs, bool bias = true)
    : Adaptable(part.PathOf(name), part.Take($"{name}.weight", [outputs, inputs], Start.FanIn, inputs), part.Adapter)
{
    private readonly Tensor? _bias = bias ? part.Take($"{name}.bias", [outputs], Start.FanIn, inputs) : null;

    public Tensor Forward(Tensor x)
    {
        using var timed = LayerClock.Time(LayerKind.Linear);
        var y = nn.functional.linear(x, Weight, _bias);
        if (Active is not { } lora)
        {
            return y;
        }

        var inner = nn.functional.linear(x, MixedPrecision.Multiplied(lora.Down, x));
        return y.add(nn.functional.linear(inner, MixedPrecision.Multiplied(lora.Up, x)), lora.Scale);
    }
}
