using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>One number of any type, as an operator takes it.</summary>
public sealed class Scalar
{
    internal Scalar(Tag tag, long bits)
    {
        Tag = tag;
        Bits = bits;
    }

    internal Tag Tag { get; }
    internal long Bits { get; }

    /// <summary>Int64, Float64 or Bool.</summary>
    public ScalarType Type => Tag switch
    {
        Tag.Int => ScalarType.Int64,
        Tag.Bool => ScalarType.Bool,
        _ => ScalarType.Float64,
    };

    public static implicit operator Scalar(int value) => new(Tag.Int, value);
    public static implicit operator Scalar(long value) => new(Tag.Int, value);
    public static implicit operator Scalar(float value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Scalar(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Scalar(bool value) => new(Tag.Bool, value ? 1 : 0);

    internal double AsDouble() => Tag == Tag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;
    internal long AsInt64() => Tag == Tag.Double ? (long)AsDouble() : Bits;
}

/// <summary>The number inside a <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    public static float ToSingle(this Scalar value) => (float)value.AsDouble();
    public static double ToDouble(this Scalar value) => value.AsDouble();
    public static int ToInt32(this Scalar value) => (int)value.AsInt64();
    public static long ToInt64(this Scalar value) => value.AsInt64();
    public static bool ToBoolean(this Scalar value) => value.Bits != 0;
}
