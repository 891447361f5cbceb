using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>A convolution with square kernel over [N, C, H, W].</summary>
public sealed class Conv2d(ModelPart part, string name, long inputs, long outputs, long kernel, long stride = 1, long padding = 0)
    : Adaptable(part.PathOf(name), part.Take($"{name}.weight", [outputs, inputs, kernel, kernel], Start.FanIn, inputs * kernel * kernel),
        part.Adapter)
{
    private readonly Tensor _bias = part.Take($"{name}.bias", [outputs], Start.FanIn, inputs * kernel * kernel);

    public long Stride { get; } = stride;
    public long Padding { get; } = padding;

    public Tensor Forward(Tensor x)
    {
        using var timed = LayerClock.Time(LayerKind.Convolution);
        var y = OneDnn.Convolve(x, Weight, _bias, Stride, Padding);
        if (Active is not { } lora)
        {
            return y;
        }

        var inner = OneDnn.Convolve(x, MixedPrecision.Multiplied(lora.Down, x), null, Stride, Padding);
        return y.add(OneDnn.Convolve(inner, MixedPrecision.Multiplied(lora.Up, x), null), lora.Scale);
    }
}
