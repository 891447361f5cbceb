using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Compute;

/// <summary>Element types by the names that command lines, projects and manifests use.</summary>
public static class Precisions
{
    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["float32", "bfloat16", "float16"];

    /// <summary>The type of a name.</summary>
    /// <exception cref="EngineException">It is none of <see cref="Names"/>.</exception>
    public static ScalarType Parse(string name) => name switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => throw new EngineException($"the element type {name} is unknown; known are float32, bfloat16 and float16"),
    };

    /// <summary>The name of a type.</summary>
    public static string Name(this ScalarType type) => type.ToString().ToLowerInvariant();
}
