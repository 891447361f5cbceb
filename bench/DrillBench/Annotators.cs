using Labeler.Bench.Labeling;
using Labeler.Bench.Support;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;

namespace Labeler.Bench.Drill;

/// <summary>People who label a project of drawn pictures by way of the proxy, and insist on an answer.</summary>
public sealed class Annotators : IAsyncDisposable
{
    private readonly SeededProject _seeded;
    private Annotator[] _all = [];

    private Annotators(SeededProject seeded) => _seeded = seeded;

    /// <summary>What they heard instead of an acknowledgement; they asked again after most of it.</summary>
    public IReadOnlyList<string> Errors => [.. _all.SelectMany(annotator => annotator.Errors)];

    public string Waited => Figures.Line(
        "acknowledgement of a try that was answered", [.. _all.SelectMany(annotator => annotator.Acknowledgements)]);

    /// <summary>Their project, with so many groups, before any worker runs that would sample it.</summary>
    public static async Task<Annotators> Seed(Installation installation, int groups)
    {
        var seeded = await SeededProject.Create(
            installation.DataFolder, "Labeled", LabelingTask.FlagBatch, groups, finish: false, installation: installation.Settings);
        await seeded.AddGroups(groups, distinct: 32);
        await seeded.Finish();
        return new(seeded);
    }

    public async Task Join(string server, int count, CancellationToken stop)
    {
        var all = new Annotator[count];
        var together = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stop };
        await Parallel.ForAsync(0, count, together, async (n, _) =>
        {
            await using var db = await _seeded.Open();
            var token = Invitation.Write(db, Role.Annotator, null, "", DateTimeOffset.UtcNow);
            await db.SaveChangesAsync(stop);
            all[n] = await Annotator.Join(server, token, $"Annotator {n + 1}", _seeded.Project.Id, insists: true);
            all[n].IsMeasured = true;
        });
        _all = all;
    }

    /// <summary>All of them vote so often a second.</summary>
    public Task Vote(double rate, TimeSpan length)
    {
        var interval = TimeSpan.FromSeconds(_all.Length / rate);
        return Task.WhenAll(_all.Select((annotator, n) => annotator.Work(interval * n / _all.Length, interval, length)));
    }

    public Task<VoteCount> Count() => VoteCount.Of(_seeded, _all.SelectMany(annotator => annotator.Acknowledged).ToHashSet());

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(_all, annotator => annotator.Dispose());
        await _seeded.DisposeAsync();
    }
}
