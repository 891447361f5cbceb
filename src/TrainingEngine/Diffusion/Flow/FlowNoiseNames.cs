namespace Labeler.TrainingEngine.Diffusion.Flow;

/// <summary>What the kinds of noise are called on command lines and in files.</summary>
public static class FlowNoiseNames
{
    /// <summary>The names, <c>sde</c> first.</summary>
    public static IReadOnlyList<string> All { get; } = ["sde", "cps"];

    /// <summary>The name of a noise; empty for none.</summary>
    public static string Of(FlowNoise noise) => noise switch
    {
        FlowNoise.Sde => "sde",
        FlowNoise.Cps => "cps",
        _ => "",
    };

    /// <exception cref="EngineException">There is none of that name.</exception>
    public static FlowNoise Parse(string name) => name switch
    {
        "sde" => FlowNoise.Sde,
        "cps" => FlowNoise.Cps,
        _ => throw new EngineException($"there is no noise {name}; there are {string.Join(", ", All)}"),
    };
}
