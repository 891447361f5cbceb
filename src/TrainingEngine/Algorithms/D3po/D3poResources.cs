using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>How a fresh run uses memory and cores, where the caller leaves it open.</summary>
internal static class D3poResources
{
    /// <summary>Images in one forward, by the model's size and the free memory.</summary>
    public static MemoryPlan Memory(StableDiffusion model, D3poRun run, EpochData data) => MemoryPlan.For(
        model, data.Origin.Width, data.Origin.Height, data.Origin.Guidance > 1 ? 2 : 1, run.Place.MicroBatch, run.Place.Recompute);

    /// <summary>Workers and threads, measured on the plan's first micro-batch.</summary>
    public static WorkerChoice Workers(
        Policy policy, D3poRun run, EpochData data, IReadOnlyList<PlannedStep> plan, MemoryPlan memory, Tensor[] leaves)
    {
        var cores = leaves[0].device_type == DeviceType.CPU ? Environment.ProcessorCount : 1;
        // Large models fill the memory with one micro-batch, and the authors' loop has nothing to share.
        var sideBySide = run.Options.Mode == D3poMode.Grouped && !memory.Recompute;
        WorkerChoice[] all = [.. sideBySide ? [new(cores, 1)] : Array.Empty<WorkerChoice>(), new(1, cores), new(1, 1)];
        var choices = all
            .Select(choice => new WorkerChoice(run.Place.Workers > 0 ? run.Place.Workers : choice.Workers, run.Place.Threads > 0 ? run.Place.Threads : choice.Threads))
            .Distinct().ToArray();
        var batch = MicroBatch.Cut(plan[0], memory.ImagesAtOnce)[0];
        data.Load(plan[0].Groups);
        return WorkerChoice.Measure(choices, () =>
        {
            using var scope = NewDisposeScope();
            policy.Gradients([data.Rows(batch).Parts(memory.ImagesAtOnce)[0]], scores => scores[0].LogProbabilities.sum(), leaves);
        }, run.Place.Report);
    }
}
