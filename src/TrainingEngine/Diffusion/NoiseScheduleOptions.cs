using System.Text.Json;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Models.SingleFile;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// A model folder's scheduler_config.json. As in diffusers' <c>DDIMScheduler.from_config</c>, a file of any scheduler is
/// read into DDIM, and what the file does not say has DDIM's default; but <c>clip_sample</c> is then false, because the models
/// are of latents. D3PO's own program would take DDIM's true there; the models that it was published with say false.
/// </summary>
public sealed record NoiseScheduleOptions
{
    /// <summary>Timesteps that the model was trained on.</summary>
    public int TrainTimesteps { get; init; } = 1000;

    /// <summary>Noise variance β of the first timestep.</summary>
    public double BetaStart { get; init; } = 0.0001;

    /// <summary>Noise variance β of the last timestep.</summary>
    public double BetaEnd { get; init; } = 0.02;

    /// <summary>How β grows: linear, scaled_linear or squaredcos_cap_v2.</summary>
    public string BetaSchedule { get; init; } = "linear";

    /// <summary>All β, where the file lists them; they then count instead of the three settings above.</summary>
    public IReadOnlyList<double>? TrainedBetas { get; init; }

    /// <summary>What the model predicts.</summary>
    public PredictionType Prediction { get; init; }

    /// <summary>True to clamp the predicted x_0, for models that work on pixels.</summary>
    public bool ClipSample { get; init; } = true;

    /// <summary>The clamp's bound.</summary>
    public double ClipSampleRange { get; init; } = 1;

    /// <summary>True if the step from the lowest timestep goes to a clean latent (ᾱ = 1), false if to timestep 0.</summary>
    public bool SetAlphaToOne { get; init; } = true;

    /// <summary>Added to every timestep.</summary>
    public int StepsOffset { get; init; }

    /// <summary>How timesteps are spread: leading, trailing or linspace.</summary>
    public string TimestepSpacing { get; init; } = "leading";

    private static readonly string[] Schedulers =
    [
        "DDIMScheduler", "DDPMScheduler", "PNDMScheduler", "LMSDiscreteScheduler", "EulerDiscreteScheduler",
        "EulerAncestralDiscreteScheduler", "HeunDiscreteScheduler", "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler",
        "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler", "DEISMultistepScheduler", "UniPCMultistepScheduler",
    ];

    /// <summary>
    /// Reads <c>scheduler_config.json</c> from the folder <c>scheduler</c> of a model; for a model of one file, what lies beside it, or
    /// its family's schedule.
    /// </summary>
    /// <exception cref="EngineException">The file is missing, malformed, or asks for what DDIM here cannot do.</exception>
    public static NoiseScheduleOptions Read(string folder)
    {
        string model = Path.GetDirectoryName(Path.GetFullPath(folder))!;
        if (File.Exists(model))
        {
            folder = Path.Combine(SingleFileModel.Beside(model), "scheduler");
            if (!File.Exists(Path.Combine(folder, "scheduler_config.json")))
            {
                return From(JsonSerializer.SerializeToElement(SingleFileModel.Schedule(model)));
            }
        }

        string file = Path.Combine(folder, "scheduler_config.json");
        if (!File.Exists(file))
        {
            throw new EngineException($"{file} is missing");
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(StrictText.Read(file));
            // A latent is not bounded as a picture is: clamping it is for models of pixels, which this engine has none of.
            return Given(json.RootElement, "clip_sample") is null ? From(json.RootElement) with { ClipSample = false }
                : From(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or EngineException)
        {
            throw new EngineException($"{file}: {error.Message}", error);
        }
    }

    /// <summary>Takes the settings from a parsed file.</summary>
    /// <exception cref="EngineException">An unknown scheduler or setting, named.</exception>
    public static NoiseScheduleOptions From(JsonElement json)
    {
        var usual = new NoiseScheduleOptions();
        if (Given(json, "_class_name") is { } name && !Schedulers.Contains(name.GetString()))
        {
            throw new EngineException($"the scheduler {name} is unknown; known are {string.Join(", ", Schedulers)}");
        }

        foreach (string refused in new[] { "thresholding", "rescale_betas_zero_snr" })
        {
            if (Given(json, refused)?.GetBoolean() == true)
            {
                throw new EngineException($"{refused} is not supported");
            }
        }

        return new NoiseScheduleOptions
        {
            TrainTimesteps = Given(json, "num_train_timesteps")?.GetInt32() ?? usual.TrainTimesteps,
            BetaStart = Given(json, "beta_start")?.GetDouble() ?? usual.BetaStart,
            BetaEnd = Given(json, "beta_end")?.GetDouble() ?? usual.BetaEnd,
            BetaSchedule = Given(json, "beta_schedule")?.GetString() ?? usual.BetaSchedule,
            TrainedBetas = Given(json, "trained_betas")?.EnumerateArray().Select(beta => beta.GetDouble()).ToArray(),
            Prediction = Given(json, "prediction_type")?.GetString() switch
            {
                null or "epsilon" => PredictionType.Epsilon,
                "v_prediction" => PredictionType.VPrediction,
                "sample" => PredictionType.Sample,
                var other =>
                    throw new EngineException($"the prediction_type {other} is unknown; known are epsilon, v_prediction and sample"),
            },
            ClipSample = Given(json, "clip_sample")?.GetBoolean() ?? usual.ClipSample,
            ClipSampleRange = Given(json, "clip_sample_range")?.GetDouble() ?? usual.ClipSampleRange,
            SetAlphaToOne = Given(json, "set_alpha_to_one")?.GetBoolean() ?? usual.SetAlphaToOne,
            StepsOffset = Given(json, "steps_offset")?.GetInt32() ?? usual.StepsOffset,
            TimestepSpacing = Given(json, "timestep_spacing")?.GetString() ?? usual.TimestepSpacing,
        };
    }

    private static JsonElement? Given(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
