using System.Text.Json;
using System.Text.Json.Serialization;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Worker.Ranked;

/// <summary>A line from the first rank to its worker.</summary>
internal sealed record RankMessage
{
    private static readonly JsonSerializerOptions Format = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>For people.</summary>
    public string? Said { get; init; }

    public StepDone? Step { get; init; }

    /// <summary>It waits for a line before it writes a checkpoint.</summary>
    public bool Saving { get; init; }

    /// <summary>See <see cref="RunOptions.Saved"/>.</summary>
    public bool Saved { get; init; }

    public Ended? Result { get; init; }

    /// <summary>The message of a line; null where it is none.</summary>
    public static RankMessage? Read(string line)
    {
        try
        {
            return line.StartsWith('{') ? JsonSerializer.Deserialize<RankMessage>(line, Format) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, Format);

    /// <summary>The part of <see cref="TrainingMetrics"/> that a worker tells.</summary>
    internal sealed record StepDone(
        int Step, int Steps, IReadOnlyDictionary<string, double> Figures, double GradientNorm, double ImagesPerSecond, double SecondsLeft)
    {
        public static StepDone Of(TrainingMetrics metrics) => new(
            metrics.Step, metrics.Steps, metrics.Figures, metrics.GradientNorm, metrics.ImagesPerSecond, metrics.SecondsLeft);

        public TrainingMetrics Metrics => new(0, Step, Steps, [], Figures, GradientNorm, ImagesPerSecond, SecondsLeft);
    }

    internal sealed record Ended(string Checkpoint, string Weights, IReadOnlyList<TimestepMetrics>? Timesteps)
    {
        public static Ended Of(TrainingResult result) => new(result.Checkpoint, result.Weights, (result as D3poResult)?.Timesteps);

        public TrainingResult Result => new D3poResult(Checkpoint, Weights, Timesteps ?? []);
    }
}
