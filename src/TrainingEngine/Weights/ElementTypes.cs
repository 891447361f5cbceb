using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Weights;

/// <summary>The element types that safetensors and libtorch share.</summary>
internal static class ElementTypes
{
    private static readonly (string Name, ScalarType Type, int Size)[] All =
    [
        ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("F64", ScalarType.Float64, 8), ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4),
        ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1), ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
        // Widened when they are read; last, because float16 is written as F16.
        (Float8.E4M3, ScalarType.Float16, 1), (Float8.E5M2, ScalarType.Float16, 1),
    ];

    /// <summary>Whether the type is stored in eight bits and widened when it is read.</summary>
    public static bool IsFloat8(string name) => name is Float8.E4M3 or Float8.E5M2;

    /// <summary>Bytes of one element, or null for a type that is not known.</summary>
    public static int? SizeOf(string name) => All.FirstOrDefault(type => type.Name == name) is { Name: not null } type ? type.Size : null;

    public static int SizeOf(ScalarType scalar) => All.First(type => type.Name == NameOf(scalar)).Size;

    public static ScalarType Of(string name) => All.First(type => type.Name == name).Type;

    public static string NameOf(ScalarType scalar) =>
        All.FirstOrDefault(type => type.Type == scalar).Name ?? throw new EngineException($"safetensors files do not hold {scalar}");
}
