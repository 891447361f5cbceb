using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>Computes the means that divergence terms compare with, once, before the weights move.</summary>
internal sealed class MeansOfPolicy(Policy policy, EpochData data, IReadOnlyList<PlannedStep> plan, int imagesAtOnce, bool redraws = false)
{
    /// <summary>Keeps the policy's means as it is now, wherever they are needed and sampling did not keep them.</summary>
    /// <param name="ofBase">As the base model's; else as those of the policy that sampled.</param>
    public void Keep(bool ofBase, CancellationToken cancellation)
    {
        var needed = plan.SelectMany(step => step.Groups.SelectMany(group => step.SamplingSteps.Select(sampling =>
            (Group: group, Pass: redraws ? step.InnerEpoch : (int?)null, Step: sampling)))).Distinct();
        foreach (var group in needed.GroupBy(place => place.Group).OrderBy(places => places.Key))
        {
            data.Load([group.Key]);
            foreach (var (_, pass, step) in group.OrderBy(place => (place.Pass, place.Step)))
            {
                cancellation.ThrowIfCancellationRequested();
                data.Pass = pass;
                if (ofBase || data.LacksMeans(group.Key))
                {
                    using var scope = NewDisposeScope();
                    var rows = data.Rows(group.Key, [.. Enumerable.Range(0, data.Sizes[group.Key])], step);
                    data.KeepMeans(group.Key, step, cat([.. rows.Parts(imagesAtOnce).Select(part => policy.Score(part).Means)]), ofBase);
                }
            }
        }
        data.Pass = null;
    }
}
