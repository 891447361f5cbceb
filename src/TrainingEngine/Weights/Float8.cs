using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Weights;

/// <summary>
/// Numbers of eight bits (arXiv 2209.05433), which files store and nothing computes in. Each of them is a float16 exactly.
/// </summary>
internal static class Float8
{
    private const int AtOnce = 1 << 22;

    /// <summary>Sign, 4 bits of exponent, 3 of mantissa; no infinity, one NaN of each sign.</summary>
    public const string E4M3 = "F8_E4M3";

    /// <summary>Sign, 5 bits of exponent, 2 of mantissa: the upper half of a float16.</summary>
    public const string E5M2 = "F8_E5M2";

    private static readonly float[] FourThree = [.. Enumerable.Range(0, 256).Select(bits => OfFourThree(bits))];
    private static readonly float[] FiveTwo =
        [.. Enumerable.Range(0, 256).Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)(bits << 8)))];

    /// <summary>The same numbers in float16.</summary>
    /// <param name="bits">uint8, any shape.</param>
    /// <param name="type"><see cref="E4M3"/> or <see cref="E5M2"/>.</param>
    public static Tensor Widen(Tensor bits, string type)
    {
        using var scope = NewDisposeScope();
        var table = tensor(type == E4M3 ? FourThree : FiveTwo).to(ScalarType.Float16);
        var (wide, flat) = (empty(bits.shape, ScalarType.Float16), bits.reshape(-1));
        for (var at = 0L; at < flat.shape[0]; at += AtOnce)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(AtOnce, flat.shape[0] - at);
            wide.view(-1).narrow(0, at, count).copy_(table.index_select(0, flat.narrow(0, at, count).to(ScalarType.Int64)));
        }
        return scope.MoveToOuter(wide);
    }

    private static float OfFourThree(int bits)
    {
        var (exponent, mantissa) = ((bits >> 3) & 15, bits & 7);
        var size = exponent == 15 && mantissa == 7 ? float.NaN
            : exponent == 0 ? mantissa * MathF.Pow(2, -9)
            : (1 + (mantissa / 8f)) * MathF.Pow(2, exponent - 7);
        return bits > 127 ? -size : size;
    }
}
