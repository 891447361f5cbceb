namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>What a checkpoint knows besides weights and optimizer. The order of steps follows from the options.</summary>
/// <param name="Fingerprint">Hash of everything that the run's result follows from; a run resumes only its own checkpoints.</param>
/// <param name="Position">Optimizer steps of the plan that are done.</param>
/// <param name="Manifest">Hash of the frozen judgements.</param>
/// <param name="Parent">The checkpoint that sampled.</param>
/// <param name="Options">Settings of the algorithm.</param>
/// <param name="Seed">State of the generator: every order is drawn from the seed and the inner epoch's number.</param>
/// <param name="OptimizerSteps">Steps that AdamW counts.</param>
/// <param name="Workers">Micro-batches at once.</param>
/// <param name="Threads">libtorch's threads in each; they change the last bits, so a resumed run keeps them.</param>
/// <param name="MicroBatch">Images in one forward.</param>
/// <param name="MetricsLength">Bytes of the metrics file that belong to it.</param>
/// <param name="Epoch">The inner epoch of <paramref name="Statistics"/>.</param>
/// <param name="Statistics">Sums so far, by sampling step.</param>
/// <param name="Finished">Metrics of the inner epochs that are done.</param>
public sealed record D3poState(
    string Fingerprint,
    int Position,
    string? Manifest,
    string? Parent,
    D3poOptions Options,
    int Seed,
    long OptimizerSteps,
    int Workers,
    int Threads,
    int MicroBatch,
    long MetricsLength,
    int Epoch,
    Dictionary<int, TimestepStatistics> Statistics,
    List<TimestepMetrics> Finished);
