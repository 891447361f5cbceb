using Labeler.Bench.Labeling;
using Labeler.Bench.Support;
using Labeler.Browser.Tests;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;

namespace Labeler.Bench.Faults;

/// <summary>How a scene ended.</summary>
/// <param name="Well">Did everything hold that must?</param>
public sealed record Verdict(bool Well, string Figures);

/// <summary>A server on a fresh data folder with a project of drawn pictures, and people who vote as fast as it answers.</summary>
public sealed class Crowd : IAsyncDisposable
{
    private const int People = 6;
    private readonly List<Annotator> _annotators = [];

    private Crowd(LabelerServer server, SeededProject seeded) => (Server, Seeded) = (server, seeded);

    public LabelerServer Server { get; }

    public SeededProject Seeded { get; }

    public int Acknowledged => _annotators.Sum(annotator => annotator.Acknowledged.Count);

    public IEnumerable<string> Errors => _annotators.SelectMany(annotator => annotator.Errors.ToArray());

    public static async Task<Crowd> Gather(int groups)
    {
        var server = await LabelerServer.Start("Trainer:Start=false", "Web:SignInsPerMinute=10000");
        var seeded = await SeededProject.Create(server.Data, "Faults", LabelingTask.FlagBatch, groups, finish: false);
        await seeded.AddGroups(groups, distinct: 8);
        await seeded.Finish();
        var crowd = new Crowd(server, seeded);
        for (var number = 1; number <= People; number++)
        {
            await using var db = await seeded.Open();
            var token = Invitation.Write(db, Role.Annotator, null, "", DateTimeOffset.UtcNow);
            await db.SaveChangesAsync();
            crowd._annotators.Add(await Annotator.Join(server.Address, token, $"Person {number}", seeded.Project.Id));
        }
        return crowd;
    }

    /// <summary>Everybody votes until the time is over, the server is gone or nothing is left.</summary>
    public Task Vote(TimeSpan length) =>
        Task.WhenAll(_annotators.Select(annotator => annotator.Work(TimeSpan.Zero, TimeSpan.FromMilliseconds(100), length)));

    /// <summary>Votes flow until so many more have been acknowledged; the work that then still goes on is returned.</summary>
    public async Task<Task> VoteUntil(int more)
    {
        var before = Acknowledged;
        var work = Vote(TimeSpan.FromMinutes(5));
        while (Acknowledged < before + more && !work.IsCompleted)
        {
            await Task.Delay(5);
        }
        return work;
    }

    /// <summary>The verdict on votes alone.</summary>
    public async Task<Verdict> Judge(string what, bool more = true)
    {
        var count = await VoteCount.Of(Seeded, _annotators.SelectMany(annotator => annotator.Acknowledged).ToHashSet());
        return new(
            more && count.IsWell,
            $"{what}: {count.Acknowledged} votes acknowledged, {count.Stored} of them stored, {count.Doubled} twice, {count.Miscounted} items miscounted");
    }

    public async ValueTask DisposeAsync()
    {
        _annotators.ForEach(annotator => annotator.Dispose());
        await Seeded.DisposeAsync();
        await Server.DisposeAsync();
    }
}
