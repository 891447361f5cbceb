using Labeler.Browser.Tests;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Bench.Labeling;

/// <summary>The real server on a fresh data folder, with a project of drawn pictures and its annotators.</summary>
public sealed class BenchmarkServer : IAsyncDisposable
{
    private BenchmarkServer(LabelerServer server, SeededProject seeded) => (Server, Seeded) = (server, seeded);

    public LabelerServer Server { get; }

    public SeededProject Seeded { get; }

    public static async Task<BenchmarkServer> Open(int groups, bool training)
    {
        var server = await LabelerServer.Start("Web:SignInsPerMinute=10000", "Trainer:Start=false");
        var seeded = await SeededProject.Create(server.Data, "Benchmark", LabelingTask.FlagBatch, groups, finish: false);
        await seeded.AddGroups(groups, distinct: 32);
        await seeded.Finish();
        if (training)
        {
            // Only now: a worker would have taken the sampling of the drawn pictures for its own.
            await server.Kill();
            await server.StartAgain("Web:SignInsPerMinute=10000");
        }
        return new(server, seeded);
    }

    /// <summary>An annotator who has joined by an invitation and signed in over HTTP.</summary>
    public async Task<Annotator> Invite(string name)
    {
        await using var db = await Seeded.Open();
        var token = Invitation.Write(db, Role.Annotator, null, "", DateTimeOffset.UtcNow);
        await db.SaveChangesAsync();
        return await Annotator.Join(Server.Address, token, name, Seeded.Project.Id);
    }

    /// <summary>What the database holds of these keys: how many are there, and how many more than once.</summary>
    public async Task<(int Stored, int Doubled)> Count(IReadOnlyCollection<Guid> keys)
    {
        await using var db = await Seeded.Open();
        var stored = await db.Votes.Where(v => v.ProjectId == Seeded.Project.Id && v.Kind == VoteKind.Judgement).Select(v => new { v.Key, v.ItemId, v.AnnotatorId }).ToListAsync();
        var doubled = stored.Count - stored.Select(v => v.Key).Distinct().Count() + stored.Count - stored.Select(v => (v.ItemId, v.AnnotatorId)).Distinct().Count();
        return (stored.Count(v => keys.Contains(v.Key)), doubled);
    }

    public async ValueTask DisposeAsync()
    {
        await Seeded.DisposeAsync();
        await Server.DisposeAsync();
    }
}
