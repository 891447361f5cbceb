using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Diffusion.Flow;

/// <summary>How a flow model's shares of noise are spaced, as its scheduler_config.json says (diffusers'
/// FlowMatchEulerDiscreteScheduler).</summary>
public sealed record FlowScheduleOptions
{
    /// <summary>The scheduler's name in configs.</summary>
    public const string ClassName = "FlowMatchEulerDiscreteScheduler";

    /// <summary>Times that the model was trained on.</summary>
    public int TrainTimesteps { get; init; } = 1000;

    /// <summary>More than 1 spends more steps on much noise; not looked at where it follows from the image's size.</summary>
    public double Shift { get; init; } = 1;

    /// <summary>The shift by the number of an image's tokens; null where it is always the same.</summary>
    public DynamicShift? Dynamic { get; init; }

    /// <summary>The share of noise that the last step starts from; null where it is not stretched to one.</summary>
    public double? Terminal { get; init; }

    /// <summary>How the shares between the first and the last are spread.</summary>
    public FlowSpacing Spacing { get; init; }

    /// <summary>From image to noise.</summary>
    public bool Inverted { get; init; }

    /// <summary>Reads <c>scheduler_config.json</c> from a model's scheduler folder.</summary>
    /// <exception cref="EngineException">The file is missing, or asks for what the engine does not know.</exception>
    public static FlowScheduleOptions Load(string folder) =>
        Read(ConfigFile.Read(Path.Combine(folder, "scheduler_config.json")));

    /// <exception cref="EngineException">A value that the engine does not know.</exception>
    public static FlowScheduleOptions Read(ConfigFile file)
    {
        file.Only("_class_name", ClassName);
        file.Only("stochastic_sampling", "false");
        file.Only("time_shift_type", "exponential", "linear");
        FlowSpacing[] spacings =
        [
            .. file.Bool("use_karras_sigmas") ? [FlowSpacing.Karras] : Array.Empty<FlowSpacing>(),
            .. file.Bool("use_exponential_sigmas") ? [FlowSpacing.Exponential] : Array.Empty<FlowSpacing>(),
            .. file.Bool("use_beta_sigmas") ? [FlowSpacing.Beta] : Array.Empty<FlowSpacing>(),
        ];
        return spacings.Length > 1
            ? throw file.Fault("use_beta_sigmas", "stands beside another spacing; one of karras, exponential and beta is possible")
            : new FlowScheduleOptions
            {
                TrainTimesteps = (int)file.Count("num_train_timesteps", 1000, 1_000_000),
                Shift = file.Positive("shift", 1),
                Dynamic = file.Bool("use_dynamic_shifting") ? DynamicShift.Read(file) : null,
                Terminal = file.Number("shift_terminal", 0) is var terminal && terminal != 0 ? terminal : null,
                Spacing = spacings is [var one] ? one : FlowSpacing.Shifted,
                Inverted = file.Bool("invert_sigmas"),
            };
    }
}

/// <summary>A shift that follows from the number of an image's tokens: μ runs linearly between two lengths.</summary>
/// <param name="Linear">μ / (μ + 1/σ − 1) in place of e^μ / (e^μ + 1/σ − 1).</param>
public sealed record DynamicShift(double BaseShift, double MaxShift, double BaseLength, double MaxLength, bool Linear)
{
    /// <exception cref="EngineException">A value that the engine does not know.</exception>
    public static DynamicShift Read(ConfigFile file) => new(
        file.Number("base_shift", 0.5), file.Number("max_shift", 1.15), file.Positive("base_image_seq_len", 256),
        file.Positive("max_image_seq_len", 4096), file.Text("time_shift_type", "exponential") == "linear");

    /// <summary>μ for an image of so many tokens.</summary>
    public double Mu(long tokens)
    {
        var slope = (MaxShift - BaseShift) / (MaxLength - BaseLength);
        return (tokens * slope) + (BaseShift - (slope * BaseLength));
    }
}

/// <summary>How shares of noise between the first and the last are spread.</summary>
public enum FlowSpacing
{
    /// <summary>Evenly, then shifted.</summary>
    Shifted,

    /// <summary>arXiv 2206.00364 with ρ = 7.</summary>
    Karras,

    /// <summary>Evenly in their logarithm.</summary>
    Exponential,

    /// <summary>By the quantiles of Beta(0.6, 0.6) (arXiv 2407.12173).</summary>
    Beta,
}
