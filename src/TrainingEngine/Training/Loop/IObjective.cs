using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Compute.Ranks;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>The model that an objective compares the trained one with.</summary>
public enum Reference
{
    /// <summary>None.</summary>
    None,

    /// <summary>The model as it was before the first step.</summary>
    Start,

    /// <summary>The model of the folder, without anything learned.</summary>
    Base,
}

/// <summary>
/// What an algorithm minimizes, as the loop sees it: optimizer steps, each the sum of parts that are computed side
/// by side. All draws follow from the options and a step's number, so that a position is all that a resumed run needs.
/// </summary>
public interface IObjective
{
    /// <summary>Optimizer steps in all.</summary>
    int Steps { get; }

    /// <summary>What <see cref="Refer"/> is asked under.</summary>
    Reference Reference { get; }

    /// <summary>Images, counted once for each timestep at which they are scored, of an optimizer step.</summary>
    long ImagesIn(int step);

    /// <summary>The inner epoch and the diffusion timesteps of an optimizer step, for its line of the metrics file.</summary>
    StepPlace PlaceOf(int step) => new(0, []);

    /// <summary>Checks before the first update that the data are the model's own; what it found becomes lines of the metrics
    /// file.</summary>
    /// <exception cref="EngineException">They are not.</exception>
    IReadOnlyList<object> Check(CancellationToken stop) => [];

    /// <summary>Brings a step's data into memory; returns the number of its parts. No part is being computed meanwhile.</summary>
    int Begin(int step);

    /// <summary>What the reference says of a part of the begun step, without gradients. From several threads at once.</summary>
    Tensor Refer(int part) => throw new NotSupportedException("This objective has no reference.");

    /// <summary>Whether <see cref="Survey"/> is asked about every part before the first is computed.</summary>
    bool Surveys => false;

    /// <summary>A part's share of a number that the loss of every part needs, under the weights as they are and without gradients. From
    /// several threads at once.</summary>
    /// <param name="reference">What <see cref="Refer"/> gave, where there is a reference.</param>
    double Survey(int part, Tensor? reference) => throw new NotSupportedException("This objective looks at nothing beforehand.");

    /// <summary>Takes the sum of all parts' <see cref="Survey"/>, added up in their order.</summary>
    void TakeSurvey(double sum)
    {
    }

    /// <summary>A part's share of the begun step's gradients and figures. From several threads at once.</summary>
    /// <param name="part">0 to the number of parts − 1.</param>
    /// <param name="reference">What <see cref="Refer"/> gave, where there is a reference.</param>
    /// <param name="leaves">Weights that require gradients.</param>
    PartResult Compute(int part, Tensor? reference, Tensor[] leaves);

    /// <summary>What it has counted of a part that was computed, for ranks that did not compute it; null where it counts nothing.</summary>
    JsonNode? Counted(int part) => null;

    /// <summary>Takes what the rank that computed a part has counted.</summary>
    void TakeCounted(int part, JsonNode counted)
    {
    }

    /// <summary>After an optimizer step; what it returns becomes lines of the metrics file.</summary>
    /// <param name="gradientNorm">Before clipping.</param>
    IReadOnlyList<object> Stepped(int step, double gradientNorm) => [];

    /// <summary>What it has counted so far, as a checkpoint keeps it; null where it counts nothing.</summary>
    JsonNode? State => null;

    /// <summary>Takes <see cref="State"/> over from a checkpoint.</summary>
    void Restore(JsonNode state)
    {
    }
}

/// <summary>A part's share of an optimizer step.</summary>
/// <param name="Gradients">By leaf; null where one took no part. The receiver disposes of them.</param>
/// <param name="Figures">Shares that add up to the step's figures; <c>loss</c> is among them.</param>
public sealed record PartResult(IList<Tensor> Gradients, IReadOnlyDictionary<string, double> Figures);

/// <summary>Where an optimizer step stands in its run.</summary>
public readonly record struct StepPlace(int InnerEpoch, IReadOnlyList<long> Timesteps);

/// <summary>What an objective is made with.</summary>
/// <param name="Memory">Images in one forward with gradients.</param>
/// <param name="AsBase">Makes the model the base model, without anything learned, until the result is disposed of.</param>
/// <param name="Threads">Who computes.</param>
/// <param name="Ranks">Who trains together.</param>
public sealed record ObjectiveContext(MemoryPlan Memory, Func<IDisposable> AsBase, ComputeThreads Threads, IRanks Ranks);
