using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>Computes the means that divergence terms compare with, once, before the weights move.</summary>
internal sealed class MeansOfPolicy(Policy policy, EpochData data, IReadOnlyList<PlannedStep> plan, int imagesAtOnce, bool redraws = false)
{
    /// <summary>Keeps the policy's means as it is now, wherever they are needed and sampling did not keep them.</summary>
    /// <param name="ofBase">As the base model's; else as those of the policy that sampled.</param>
    /// <param name="threads">Sampling steps are shared between them.</param>
    public void Keep(bool ofBase, ComputeThreads threads, CancellationToken cancellation)
    {
        var needed = plan.SelectMany(step => step.Groups.SelectMany(group => step.SamplingSteps.Select(sampling =>
            (Group: group, Pass: redraws ? step.InnerEpoch : (int?)null, Step: sampling)))).Distinct();
        foreach (var (place, steps) in needed.GroupBy(place => (place.Group, place.Pass), place => place.Step)
            .OrderBy(of => of.Key).Select(of => (of.Key, of.Order().ToArray())))
        {
            data.Load([place.Group]);
            data.Pass = place.Pass;
            if (ofBase || data.LacksMeans(place.Group))
            {
                Keep(place.Group, steps, ofBase, threads, cancellation);
            }
        }
        data.Pass = null;
    }

    private void Keep(int group, int[] steps, bool ofBase, ComputeThreads threads, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        int[] images = [.. Enumerable.Range(0, data.Sizes[group])];
        var rows = Array.ConvertAll(steps, step => data.Rows(group, images, step));
        threads.Run(steps.Length, at =>
        {
            using var inner = NewDisposeScope();
            return cat([.. rows[at].Parts(imagesAtOnce).Select(part => policy.Score(part).Means)]).DetachFromDisposeScope();
        }, (at, means) =>
        {
            using var kept = means;
            data.KeepMeans(group, steps[at], kept, ofBase);
        }, cancellation);
    }
}
