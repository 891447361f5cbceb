using System.Diagnostics;
using Labeler.Shared.Voting;
using Labeler.Web.Features.Labeling;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Bench.Scaling;

/// <summary>What annotators wait for: the next items, a vote, an undo and the figures in the bar, one person after the other.</summary>
internal sealed class Labelers(Place place, Plan plan, int times)
{
    private const int AtATime = 4;

    public async Task Run()
    {
        var (taken, cast, undone, progress) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (queue, recorder, status) = (place.Services.GetRequiredService<ItemQueue>(), place.Services.GetRequiredService<VoteRecorder>(),
            place.Services.GetRequiredService<LabelingStatus>());
        for (var n = -20; n < times; n++)
        {
            // Half of it in the largest project.
            var project = plan.Projects[n % 2 == 0 ? 0 : Math.Abs(n) % plan.Projects.Count];
            var person = plan.Person(project, Plan.Chance(n + 1000), 0);
            var batch = await Time(taken, n, () => queue.Take(project.Id, person, AtATime, []));
            foreach (var lease in batch.Leases)
            {
                var key = Guid.NewGuid();
                var verdict = PlannedVerdict.Of(project.Task, lease.ItemId).Verdict;
                var result = await Time(cast, n, () => recorder.Cast(new(key, lease.ItemId, person, verdict, 900, null)));
                if (result.Outcome is not (Outcome.Accepted or Outcome.Surplus))
                {
                    throw new InvalidOperationException($"A vote was refused: {result.Reason}");
                }
                if (lease == batch.Leases[^1])
                {
                    await Time(undone, n, () => recorder.Undo(Guid.NewGuid(), person, key));
                }
            }
            await Time(progress, n, () => status.Progress(project.Id, person, default));
        }
        Measured.Tell("the next 4 items", taken);
        Measured.Tell("a vote", cast);
        Measured.Tell("an undo", undone);
        Measured.Tell("progress in the bar", progress);
    }

    private static async Task<T> Time<T>(List<double> into, int n, Func<Task<T>> work)
    {
        var began = Stopwatch.GetTimestamp();
        var result = await work();
        // The first ones compile queries.
        if (n >= 0)
        {
            into.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return result;
    }
}
