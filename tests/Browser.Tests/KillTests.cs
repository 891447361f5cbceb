using System.Globalization;
using Labeler.Bench.Labeling;
using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Shared.Webhooks;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Browser.Tests;

/// <summary>Processes that end as by a power cut, in the middle of their work.</summary>
[Collection(nameof(OwnServer))]
public sealed class KillTests(Browsing browsing)
{
    [Fact]
    public async Task A_worker_killed_in_mid_training_resumes_and_completes()
    {
        await using var server = await LabelerServer.Start("Trainer:RestartSeconds=1", "Trainer:CheckpointSeconds=0");
        await using var data = new OpenedData(server.Data);
        var project = await SampledProject.Start(data, "Interrupted", groups: 4, passes: 3);
        var job = await project.VoteAndTrain();

        // Once there is a checkpoint from which something that was learned goes on.
        await project.Until(job, now => now is { State: JobState.Running, Progress: > 0 } && Checkpoints(data).Any(folder => Position(folder) > 0));
        using (var worker = await server.Worker())
        {
            worker.Kill();
            await worker.WaitForExitAsync();
        }
        var killed = await project.Now(job);
        Assert.Equal((JobState.Running, 1), (killed.State, killed.Attempt));
        var left = Checkpoints(data).MaxBy(Position)!;
        Assert.True(Position(left) > 0, left);
        Assert.Equal(0, await data.Read(db => db.Checkpoints.CountAsync()));

        var next = await project.Reaches(2, EpochState.Labeling);
        job = await project.Now(job);
        Assert.Equal((JobState.Succeeded, 2), (job.State, job.Attempt));
        var log = await data.Read(db => db.JobLines.Where(l => l.JobId == job.Id).Select(l => l.Text).ToListAsync());
        Assert.StartsWith($"going on after step {Position(left)} of ", Assert.Single(log, line => line.StartsWith("going on", StringComparison.Ordinal)));
        // One figure of every step, although some were done twice.
        var steps = await data.Read(db => db.JobMetrics.Where(m => m.JobId == job.Id && m.Name == "loss").Select(m => m.Step).ToListAsync());
        Assert.Equal(steps.Distinct().Count(), steps.Count);
        var checkpoint = await data.Read(db => db.Checkpoints.SingleAsync());
        await data.Get<Labeler.Shared.Storage.FileStore>().Verify(checkpoint.WeightsHash);
        Assert.Equal(checkpoint.Id, next.SampledById);
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public async Task A_killed_server_loses_no_vote_that_it_acknowledged_and_the_browser_sends_the_rest()
    {
        await using var server = await LabelerServer.Start("Trainer:Start=false");
        await using var seeded = await SeededProject.Create(server.Data, "Power cut", LabelingTask.FlagBatch, groups: 8);
        await using var admin = await browsing.FirstAdmin(server);
        await using var bo = await browsing.Invite(server, admin, Role.Annotator, "Bo");
        foreach (var complaint in new[] { "WebSocket", "ERR_CONNECTION_REFUSED", "Failed to", "Connection disconnected", "reconnect", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET" })
        {
            bo.Expect(complaint);
            admin.Expect(complaint);
        }
        var screen = await LabelingScreen.Open(bo, seeded);
        await screen.Flag(1);
        await screen.Flag(2);
        await screen.AllSaved();
        await screen.Ahead(3);

        await server.Kill();
        Assert.Equal(2, (await screen.Stored()).Count);
        await screen.Flag(3);
        await screen.Flag(4);
        await screen.Waiting(2);
        await server.StartAgain();
        await screen.Saved.ClickAsync();
        await screen.AllSaved();
        var votes = await screen.Stored();
        Assert.Equal([0, 1, 2, 3], votes.Select(v => ((FlagVerdict)v.Verdict!).Tiles.Single(t => t.Flags != 0).Index));
        Assert.Equal(4, votes.Select(v => v.ItemId).Distinct().Count());
    }

    [Fact]
    public async Task Votes_acknowledged_before_a_kill_under_load_are_stored_exactly_once()
    {
        const int people = 6;
        await using var server = await LabelerServer.Start("Trainer:Start=false", "Web:SignInsPerMinute=1000");
        await using var seeded = await SeededProject.Create(server.Data, "Load", LabelingTask.FlagBatch, groups: 400, finish: false);
        await seeded.AddGroups(400, distinct: 8);
        await seeded.Finish();
        var annotators = new List<Annotator>();
        for (var n = 0; n < people; n++)
        {
            await using var db = await seeded.Open();
            var token = Invitation.Write(db, Role.Annotator, null, "", DateTimeOffset.UtcNow);
            await db.SaveChangesAsync();
            annotators.Add(await Annotator.Join(server.Address, token, $"Person {n}", seeded.Project.Id));
        }

        var work = Task.WhenAll(annotators.Select(a => a.Work(TimeSpan.Zero, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(5))));
        while (annotators.Sum(a => a.Acknowledged.Count) < 40 && !work.IsCompleted)
        {
            await Task.Delay(10);
        }
        await server.Kill();
        await work;
        var acknowledged = annotators.SelectMany(a => a.Acknowledged).ToHashSet();
        Assert.True(acknowledged.Count >= 40, string.Join('\n', annotators.SelectMany(a => a.Errors).Distinct()));
        Assert.NotEmpty(annotators.SelectMany(a => a.Errors));
        await server.StartAgain();
        var stored = (await LabelingFixture.Votes(seeded)).Select(v => v.Key).ToList();
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Subset(stored.ToHashSet(), acknowledged);
        annotators.ForEach(a => a.Dispose());
    }

    [Fact]
    public async Task What_a_killed_server_was_sending_and_what_happened_while_it_was_down_arrives_after_its_start()
    {
        await using var receiver = await Receiver.Start();
        await using var server = await LabelerServer.Start("Trainer:Start=false", "Rewards:AllowPrivateAddresses=true");
        await using var seeded = await SeededProject.Create(server.Data, "Told through a power cut", LabelingTask.FlagBatch, groups: 1);
        await using (var db = await seeded.Open())
        {
            var secret = seeded.Get<WebhookSecrets>().Make().Protected;
            db.Add(new Webhook(seeded.Project.Id, "a program", receiver.Address, [EventKind.EpochReady, EventKind.EpochFailed], secret, null, DateTimeOffset.UtcNow));
            await db.SaveChangesAsync();
        }
        // It is on the wire, and nobody has said yet that it arrived.
        receiver.Misbehave = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await Happen(seeded, epoch => epoch.BecomeReady(7, DateTimeOffset.UtcNow));
        await Until(() => receiver.Got.Count == 1);
        await server.Kill();
        receiver.Misbehave = null;
        await Happen(seeded, epoch => { epoch.Freeze(new string('0', 64), 7, DateTimeOffset.UtcNow); epoch.Fail("no power", DateTimeOffset.UtcNow); });
        await server.StartAgain();
        await Until(() => receiver.Got.Count >= 3);
        Assert.Equal(2, receiver.Got.Count(got => got.Id == receiver.Got[0].Id && got.Body == receiver.Got[0].Body));
        Assert.Contains(receiver.Got, got => got.Body.Contains("no power", StringComparison.Ordinal));
        await Until(() => Delivered(seeded) == 2);
    }

    private static int Delivered(SeededProject seeded)
    {
        using var db = seeded.Get<IDbContextFactory<LabelerDb>>().CreateDbContext();
        return db.Deliveries.Count(one => one.State == DeliveryState.Delivered);
    }

    // As a worker's process would write it.
    private static async Task Happen(SeededProject seeded, Action<Epoch> verb)
    {
        await using var db = await seeded.Open();
        verb(await db.Epochs.SingleAsync());
        await db.SaveChangesAsync();
    }

    private static async Task Until(Func<bool> happened)
    {
        for (var tries = 0; tries < 1200 && !happened(); tries++)
        {
            await Task.Delay(100);
        }
        Assert.True(happened());
    }

    // Steps that are in a checkpoint, by the name of its folder.
    private static int Position(string checkpoint) => int.Parse(Path.GetFileName(checkpoint)["step-".Length..], CultureInfo.InvariantCulture);

    private static IEnumerable<string> Checkpoints(OpenedData data) =>
        Directory.EnumerateDirectories(data.Folder.Checkpoints, "step-*", SearchOption.AllDirectories).Where(folder => !folder.EndsWith(".unfinished", StringComparison.Ordinal));
}
