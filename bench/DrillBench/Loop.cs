using Labeler.Bench.Support;
using Labeler.Shared.Epochs;
using Labeler.Shared.Storage;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Bench.Drill;

/// <summary>What came of one turn of the loop: an epoch sampled in shares, judged, trained on, and the next one sampled.</summary>
/// <param name="First">Bits of the first epoch.</param>
/// <param name="Steps">Those of training for which there are figures.</param>
/// <param name="Weights">Bits of what was trained.</param>
/// <param name="Second">Bits of the next epoch.</param>
public sealed record Loop(IReadOnlyList<string> First, IReadOnlyList<int> Steps, string Weights, IReadOnlyList<string> Second)
{
    // Six shares.
    private const int Groups = 84;
    private const int Passes = 2;

    /// <summary>Goes through it with a project of its own; all of them have the same settings and seeds.</summary>
    /// <exception cref="InvalidOperationException">A job failed, or did not end within minutes.</exception>
    public static async Task<Loop> Go(OpenedData data, string name, CancellationToken stop)
    {
        var project = await SampledProject.Start(data, name, Groups, Passes).WaitAsync(stop);
        var training = await project.VoteAndTrain().WaitAsync(stop);
        await project.Until(training, now => now.IsOver).WaitAsync(stop);
        var second = await project.Reaches(2, EpochState.Labeling).WaitAsync(stop);
        await using var db = await data.Open();
        var files = data.Get<FileStore>();
        var weights = await db.Checkpoints.Where(checkpoint => checkpoint.ProjectId == project.Project.Id)
            .Select(checkpoint => checkpoint.WeightsHash).SingleAsync(stop);
        return new(
            await EpochBits.Of(db, files, training.EpochId!.Value, stop),
            await db.JobMetrics.Where(metric => metric.JobId == training.Id && metric.Name == "loss")
                .Select(metric => metric.Step).Order().ToListAsync(stop),
            await EpochBits.OfTensors(files, weights, stop),
            await EpochBits.Of(db, files, second.Id, stop));
    }

    /// <summary>What is not as it was undisturbed, with the first line of each that differs; empty where all is.</summary>
    public string DifferenceFrom(Loop undisturbed) => string.Join("; ", new[]
    {
        Differ("the first epoch", First, undisturbed.First),
        Differ("steps", Steps.Select(step => $"{step}"), undisturbed.Steps.Select(step => $"{step}")),
        Differ("weights", [Weights], [undisturbed.Weights]),
        Differ("the second epoch", Second, undisturbed.Second),
    }.Where(difference => difference.Length > 0));

    private static string Differ(string what, IEnumerable<string> lines, IEnumerable<string> undisturbed)
    {
        var (now, before) = (lines.ToList(), undisturbed.ToList());
        var differing = Enumerable.Range(0, Math.Max(now.Count, before.Count)).Where(n => now.ElementAtOrDefault(n) != before.ElementAtOrDefault(n)).ToList();
        return differing.Count == 0 ? ""
            : $"{what}: {differing.Count} of {before.Count} differ, first {now.ElementAtOrDefault(differing[0])} in place of {before.ElementAtOrDefault(differing[0])}";
    }
}
