using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.UNet;

/// <summary>Sines and cosines of a number, then two matrices.</summary>
internal sealed class TimeEmbedding(ModelPart part, long inputs, long width)
{
    private const double LongestPeriod = 10_000;
    private readonly Linear _linear1 = new(part, "linear_1", inputs, width);
    private readonly Linear _linear2 = new(part, "linear_2", width, width);

    public IEnumerable<Adaptable> Layers => [_linear1, _linear2];

    public Tensor Forward(Tensor x) => _linear2.Forward(nn.functional.silu(_linear1.Forward(x)));

    /// <summary>Cosines, then sines, of the numbers at geometrically spaced frequencies (arXiv 1706.03762, flipped as diffusers
    /// does).</summary>
    /// <param name="numbers">[N].</param>
    /// <param name="width">Even.</param>
    /// <returns>float32 [N, width].</returns>
    public static Tensor Waves(Tensor numbers, long width)
    {
        var half = width / 2;
        var frequencies = exp(arange(half, ScalarType.Float32, numbers.device) * (-Math.Log(LongestPeriod)) / (double)half);
        var angles = numbers.to(ScalarType.Float32).unsqueeze(1) * frequencies.unsqueeze(0);
        return cat([cos(angles), sin(angles)], -1);
    }
}
