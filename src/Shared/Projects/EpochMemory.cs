using Labeler.Shared.Memory;

namespace Labeler.Shared.Projects;

/// <summary>What an epoch of a project takes on the device that its model computes on.</summary>
/// <param name="Sampling">While pictures are made.</param>
/// <param name="Training">While it learns.</param>
/// <param name="Plan">How many images go through the denoiser at once then.</param>
public sealed record EpochMemory(MemoryEstimate Sampling, MemoryEstimate Training, BatchPlan Plan)
{
    // As the sampler has them: groups of a small model go through a processor together.
    private const long SmallModel = 50_000_000;
    private const int RowsTogether = 56;

    /// <summary>The larger of both.</summary>
    public long Peak => Math.Max(Sampling.Peak, Training.Peak);

    /// <param name="settings">Of the project.</param>
    /// <param name="model">The model's.</param>
    /// <param name="memory">Of the machine that computes, in bytes.</param>
    public static EpochMemory Of(ProjectSettings settings, ModelFootprint model, long memory)
    {
        var (compute, training) = (settings.Compute, settings.Training);
        var side = settings.Sampling.Size > 0 ? settings.Sampling.Size : model.Size;
        var rows = settings.Sampling.GuidanceScale > 1 && model.TakesTwoBranches ? 2 : 1;
        var type = compute.Precision == ComputePrecision.BFloat16 ? ComputeType.BFloat16 : ComputeType.Float32;
        var group = settings.GroupSize * Math.Max(1, settings.BestOf);
        var together = model.Denoiser < SmallModel ? Math.Max(1, RowsTogether / (group * rows)) : 1;
        var sampling = new MemoryWork(side, side, compute.MicroBatch > 0 ? compute.MicroBatch : together * group, rows, type)
        {
            Tiles = compute.Tiles,
            TextsElsewhere = compute.Offload,
            VaeElsewhere = compute.OffloadVae,
        };

        var learned = AlgorithmInfo.Find(settings.Algorithm)?.NeedsTrajectories == false ? 1 : rows;
        var (factor, size) = (model.VaeShape.Factor, type == ComputeType.Float32 ? 4 : 2);
        var chosen = BatchPlan.Choose(model.Shape.PlannedOf(side / factor, side / factor), learned, size, memory);
        var plan = new BatchPlan(
            compute.MicroBatch > 0 ? compute.MicroBatch : chosen.ImagesAtOnce, compute.Recompute || chosen.Recompute);
        var whole = training.Adapter == AdapterKind.Full;
        var work = new MemoryWork(side, side, plan.ImagesAtOnce, learned, type)
        {
            Trained = whole ? model.Denoiser : training.Rank * (model.Adapted + (training.TextEncoders ? model.AdaptedTexts : 0)),
            Whole = whole,
            TrainsTexts = training.TextEncoders,
            Recompute = plan.Recompute,
            TextsElsewhere = compute.Offload,
            VaeElsewhere = compute.OffloadVae,
        };
        return new(MemoryEstimate.Of(model, sampling), MemoryEstimate.Of(model, work), plan);
    }
}
