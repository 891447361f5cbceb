using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>One argument of an operator, before it is laid out for the native side.</summary>
internal readonly struct Value
{
    private Value(Tag tag, object? reference, long bits = 0)
    {
        Tag = tag;
        Reference = reference;
        Bits = bits;
    }

    internal Tag Tag { get; }
    internal object? Reference { get; }
    internal long Bits { get; }

    /// <summary>The schema's default value.</summary>
    internal static Value Default => default;
    internal static Value None => new(Tag.None, null);

    /// <summary>Tensors of which some may be absent, as an index takes them.</summary>
    internal static Value Optional(Tensor?[] tensors) => new(Tag.OptionalTensors, tensors);

    public static implicit operator Value(Tensor? tensor) => tensor is null ? None : new(Tag.Tensor, tensor);
    public static implicit operator Value(Tensor[] tensors) => new(Tag.Tensors, tensors);
    public static implicit operator Value(long value) => new(Tag.Int, null, value);
    public static implicit operator Value(int value) => new(Tag.Int, null, value);
    public static implicit operator Value(double value) => new(Tag.Double, null, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Value(bool value) => new(Tag.Bool, null, value ? 1 : 0);
    public static implicit operator Value(long[]? values) => values is null ? None : new(Tag.Ints, values);
    public static implicit operator Value(double[]? values) => values is null ? None : new(Tag.Doubles, values);
    public static implicit operator Value(string? text) => text is null ? None : new(Tag.String, text);
    public static implicit operator Value(Scalar? scalar) => scalar is null ? None : new(scalar.Tag, null, scalar.Bits);
    public static implicit operator Value(ScalarType type) => new(Tag.Int, null, (long)type);
    public static implicit operator Value(ScalarType? type) => type is { } known ? known : None;
    public static implicit operator Value(long? value) => value is { } known ? known : None;
    public static implicit operator Value(double? value) => value is { } known ? known : None;
    public static implicit operator Value(Device? device) => device is null ? None : new(Tag.Device, null, device.Bits);
    public static implicit operator Value(Generator? generator) => generator is null ? None : new(Tag.Generator, generator);
}
