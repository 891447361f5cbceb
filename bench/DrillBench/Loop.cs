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

    /// <summary>What is not as it was undisturbed; empty where all is.</summary>
    public string DifferenceFrom(Loop undisturbed) => string.Join(", ", new (string What, bool IsSame)[]
    {
        ("the first epoch's bits", First.SequenceEqual(undisturbed.First)),
        ("steps", Steps.SequenceEqual(undisturbed.Steps)),
        ("weights", Weights == undisturbed.Weights),
        ("the second epoch's bits", Second.SequenceEqual(undisturbed.Second)),
    }.Where(part => !part.IsSame).Select(part => part.What));
}
