using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// What a checkpoint knows besides weights and optimizer. No generator runs on between steps: every order is drawn from
/// the seed in the options and the inner epoch's number, so the position says it all.
/// </summary>
/// <param name="Fingerprint">Hash of everything that the run's result follows from; a run resumes only its own checkpoints.</param>
/// <param name="Position">Optimizer steps of the plan that are done.</param>
/// <param name="Manifest">Hash of the frozen judgements.</param>
/// <param name="Parent">The checkpoint that sampled.</param>
/// <param name="Options">Settings of the algorithm.</param>
/// <param name="OptimizerSteps">Steps that AdamW counts.</param>
/// <param name="Workers">Workers and libtorch's threads in each; threads change the last bits, so a resumed run keeps them.</param>
/// <param name="Memory">Images in one forward; it changes the last bits, too.</param>
/// <param name="MetricsLength">Bytes of the metrics file that belong to it.</param>
/// <param name="Statistics">Sums of the inner epoch so far, by sampling step.</param>
/// <param name="Finished">Metrics of the inner epochs that are done.</param>
public sealed record D3poState(
    string Fingerprint,
    int Position,
    string? Manifest,
    string? Parent,
    D3poOptions Options,
    long OptimizerSteps,
    WorkerChoice Workers,
    MemoryPlan Memory,
    long MetricsLength,
    Dictionary<int, TimestepStatistics> Statistics,
    List<TimestepMetrics> Finished) : IRunState;
