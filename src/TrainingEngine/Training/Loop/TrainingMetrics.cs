using System.Text.Json.Serialization;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>A line of the metrics file: one optimizer step.</summary>
/// <param name="Epoch">Inner epoch, from 0.</param>
/// <param name="Step">Optimizer steps done, this one included.</param>
/// <param name="Timesteps">Diffusion timesteps that it learned at, where the algorithm chooses them.</param>
/// <param name="Figures">What the algorithm measures; <c>loss</c> is among it. They stand in the line itself.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="SecondsLeft">Of the whole run, at the speed so far.</param>
public sealed record TrainingMetrics(
    int Epoch, int Step, int Steps, IReadOnlyList<long> Timesteps, [property: JsonIgnore] IReadOnlyDictionary<string, double> Figures,
    double GradientNorm, double ImagesPerSecond, double SecondsLeft)
{
    public string Kind => "step";

    /// <summary>The figures, as the file has them.</summary>
    [JsonExtensionData]
    public Dictionary<string, object> Lines => Figures.ToDictionary(figure => figure.Key, figure => (object)figure.Value);
}

/// <summary>How far a run is, in images counted once for each timestep at which they are scored.</summary>
public sealed record TrainingProgress(long ImagesInStep, long ImagesDone, long ImagesTotal, TrainingMetrics Metrics);

/// <summary>What a finished run left behind.</summary>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Weights">Adapter in the diffusers format (kohya's lies beside it), or the U-Net's weights.</param>
public record TrainingResult(string Checkpoint, string Weights);
