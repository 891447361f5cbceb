using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Compute;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>
/// What a checkpoint knows besides weights and optimizer. No generator runs on between steps: every order is drawn from the
/// seed in the options and a step's number, so the position says it all.
/// </summary>
/// <param name="Fingerprint">Hash of everything that the result follows from; a run resumes only its own checkpoints.</param>
/// <param name="Position">Optimizer steps done.</param>
/// <param name="Manifest">Hash of the frozen judgements.</param>
/// <param name="Parent">The checkpoint that sampled.</param>
/// <param name="OptimizerSteps">Steps that AdamW counts.</param>
/// <param name="Threads">Threads change the last bits, so a resumed run keeps them.</param>
/// <param name="Memory">Images in one forward; it changes the last bits, too.</param>
/// <param name="MetricsLength">Bytes of the metrics file that belong to it.</param>
/// <param name="Objective">What the objective has counted.</param>
/// <param name="Ranks">Processes that trained together; another number chooses its threads anew.</param>
internal sealed record SessionState(
    string Fingerprint, int Position, string Algorithm, string? Manifest, string? Parent, long OptimizerSteps, ThreadChoice Threads,
    MemoryPlan Memory, long MetricsLength, JsonNode? Objective, int Ranks = 1);
