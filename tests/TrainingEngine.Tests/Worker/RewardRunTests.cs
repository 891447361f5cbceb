using Labeler.Shared.Comparisons;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.RewardRuns;
using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>Projects that train on a server's scores by themselves, on a real database and a tiny model.</summary>
public sealed class RewardRunTests : IAsyncLifetime
{
    private readonly WorkerData _data = new();
    private ScoreServer _server = null!;

    public async Task InitializeAsync() => _server = await ScoreServer.Start();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Theory]
    [InlineData("ddpo")]
    [InlineData("d3po")]
    public async Task Two_epochs_are_sampled_scored_and_trained_without_anybody(string algorithm)
    {
        var (project, reward) = await Project(algorithm);

        var run = await Get<RewardTraining>().Start(project.Id, reward.Id, new RewardRunOptions { Epochs = 2, LeastDiversity = null, StopWhenOverOptimized = false }, "Ada");
        _data.WorkUntil(() => Ended(run.Id));

        await using var db = Open();
        Assert.Equal(("All 2 epochs are trained.", false), (Run(run.Id).Ending, Run(run.Id).Failed));
        var epochs = await db.Epochs.OrderBy(epoch => epoch.Number).ToListAsync();
        Assert.Equal([EpochState.Complete, EpochState.Complete, EpochState.Labeling], epochs.Select(epoch => epoch.State));
        Assert.Equal([run.Id, run.Id, null], epochs.Select(epoch => epoch.RunId));
        Assert.Equal("Bearer secret", _server.Authorization);
        Assert.Equal(await db.Images.CountAsync(), await db.ImageScores.CountAsync(score => score.Value != null));
        // So few are not cut into shares.
        Assert.DoesNotContain(await db.Jobs.ToListAsync(), job => job.Kind == JobKind.ScoreShare);

        // Training learned from what the server said, and from nothing else.
        var manifest = Manifest.Read(await Get<FileStore>().Read((await db.Checkpoints.OrderBy(c => c.Id).FirstAsync()).ManifestHash));
        Assert.Equal(new ManifestTeacher(reward.Id, "bright", 1, 0), manifest.Teacher);
        Assert.Equal(3, manifest.Groups.Count);
        Assert.All(manifest.Groups, group => Assert.Equal(3, group.Scores!.Count));
        Assert.Contains(await db.JobMetrics.ToListAsync(), metric => metric.Name == "gradient_norm" && metric.Value > 0);

        // A figure of every epoch, on trained and on held-out prompts.
        var curve = await RewardCurve.Read(db, project, reward);
        Assert.Equal([0, 9, 18], curve.Trained.Points.Select(point => (int)point.Used));
        Assert.Equal(3, curve.HeldOut!.Points.Count);
        Assert.Equal(4, await db.EpochFigures.CountAsync(figure => figure.EpochId == epochs[0].Id));
        Assert.Equal(0, await db.EpochFigures.Where(figure => figure.EpochId == epochs[0].Id && figure.Name == EpochFigure.Change).SumAsync(figure => figure.Value));
        Assert.True(await db.EpochFigures.Where(figure => figure.EpochId == epochs[2].Id && figure.Name == EpochFigure.Change).SumAsync(figure => figure.Value) > 0);
    }

    public static TheoryData<string, string> Misbehaviors => new()
    {
        { """{"scores": [NaN]}""", "the answer is no JSON" },
        { """{"scores": [1]}""", "the answer is no list \"scores\" of" },
        { """{"scores": ["much", 1, 1, 1, 1, 1, 1, 1]}""", "" },
        { "late", "no answer within" },
        { "none", "no connection" },
    };

    [Theory, MemberData(nameof(Misbehaviors))]
    public async Task A_server_that_misbehaves_ends_the_run_with_one_clear_line_and_nothing_is_lost(string body, string reason)
    {
        var (project, reward) = await Project("ddpo", patience: body == "late" ? 5 : 60);
        _server.Misbehave = context => body switch
        {
            "late" => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default),
            "none" => Abort(context),
            _ => context.Response.WriteAsync(body),
        };

        var run = await Get<RewardTraining>().Start(project.Id, reward.Id, new RewardRunOptions { Epochs = 1 }, "Ada");
        _data.WorkUntil(() => Open().Jobs.Any(job => job.Kind == JobKind.Score && job.State == JobState.Failed));
        _data.WorkUntil(() => Ended(run.Id));

        var ended = Run(run.Id);
        Assert.True(ended.Failed);
        Assert.StartsWith("Scoring epoch 1 failed: ", ended.Ending, StringComparison.Ordinal);
        Assert.Contains(reason, ended.Ending, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", ended.Ending, StringComparison.Ordinal);
        Assert.Equal(EpochState.Labeling, (await Open().Epochs.SingleAsync()).State);

        // The server is mended: another run goes on with the same pictures.
        _server.Misbehave = null;
        var again = await Get<RewardTraining>().Start(project.Id, reward.Id, new RewardRunOptions { Epochs = 1, LeastDiversity = null, StopWhenOverOptimized = false }, "Ada");
        _data.WorkUntil(() => Ended(again.Id));
        Assert.Equal("All 1 epochs are trained.", Run(again.Id).Ending);
    }

    [Fact]
    public async Task An_address_of_this_machine_is_refused_unless_the_configuration_allows_it()
    {
        _data.Reach = new();
        var (project, reward) = await Project("ddpo");

        var run = await Get<RewardTraining>().Start(project.Id, reward.Id, new RewardRunOptions { Epochs = 1 }, "Ada");
        _data.WorkUntil(() => Open().Jobs.Any(job => job.Kind == JobKind.Score && job.State == JobState.Failed));
        _data.WorkUntil(() => Ended(run.Id));

        Assert.Contains("127.0.0.1 is an address of this machine or of a private network", Run(run.Id).Ending, StringComparison.Ordinal);
        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task A_redirect_carries_neither_pictures_nor_key_to_another_host()
    {
        await using var elsewhere = await ScoreServer.Start();
        var (project, reward) = await Project("ddpo");
        _server.Misbehave = context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = elsewhere.Address;
            return Task.CompletedTask;
        };

        var run = await Get<RewardTraining>().Start(project.Id, reward.Id, new RewardRunOptions { Epochs = 1 }, "Ada");
        _data.WorkUntil(() => Open().Jobs.Any(job => job.Kind == JobKind.Score && job.State == JobState.Failed));
        _data.WorkUntil(() => Ended(run.Id));

        Assert.Contains("it is at http://127.0.0.1", Run(run.Id).Ending, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Requests);
    }

    [Fact]
    public async Task The_run_stops_at_a_mean_that_is_reached()
    {
        var (project, reward) = await Project("ddpo");

        var run = await Get<RewardTraining>().Start(project.Id, reward.Id, new RewardRunOptions { Epochs = 5, Target = 0 }, "Ada");
        _data.WorkUntil(() => Ended(run.Id));

        Assert.StartsWith("The mean reached ", Run(run.Id).Ending, StringComparison.Ordinal);
        Assert.Equal(0, await Open().Checkpoints.CountAsync());
    }

    [Fact]
    public async Task Of_three_images_sampled_the_reward_keeps_the_best_for_people_and_for_training_and_leaves_evaluations_alone()
    {
        var (project, reward) = await Project("ddpo");
        var plain = await Get<EpochCycle>().Start(project.Id, null);
        _data.WorkUntil(() => Open().Epochs.Single(epoch => epoch.Id == plain.Id).State == EpochState.Labeling);
        await using (var db = Open())
        {
            var kept = await db.Projects.FirstAsync();
            kept.Change(kept.Settings with { BestOf = 3, BestOfReward = reward.Id });
            await db.SaveChangesAsync();
        }
        var again = await Get<EpochCycle>().RollBack(project.Id, null);
        _data.WorkUntil(() => Open().Epochs.Single(epoch => epoch.Id == again.Id).State == EpochState.Labeling);

        await using var now = Open();
        var groups = await now.Groups.Include(group => group.Images.OrderBy(image => image.Index)).OrderBy(group => group.Number).ToListAsync();
        Assert.All(groups, group => Assert.Equal(3, group.Images.Count));
        double Bright(Group group) => group.Images.Average(image => Labeler.Shared.Imaging.Picture.Decode(File.ReadAllBytes(Get<FileStore>().PathOf(image.ContentHash))).Rgb.Average(value => (double)value));
        var taught = groups.Where(group => group.Use == GroupUse.Labeling).ToLookup(group => group.EpochId);
        Assert.True(taught[again.Id].Average(Bright) > taught[plain.Id].Average(Bright));
        foreach (var group in taught[again.Id])
        {
            using var trajectory = Labeler.TrainingEngine.Diffusion.Trajectory.Load(Get<FileStore>().PathOf(group.TrajectoryHash!));
            Assert.Equal(group.Images.Select(image => image.Seed), trajectory.Origin.ImageSeeds.Select(seed => (long)(seed & long.MaxValue)));
            Assert.Equal(3, trajectory.Images);
        }
        var evaluated = groups.Where(group => group.Use == GroupUse.Evaluation).ToLookup(group => group.EpochId, group => string.Join(' ', group.Images.Select(image => image.ContentHash)));
        Assert.Equal(evaluated[plain.Id], evaluated[again.Id]);
    }

    // However busy the machine is, only a test of lateness should find the server late.
    private async Task<(Project Project, Reward Reward)> Project(string algorithm, double patience = 60)
    {
        var project = await _data.Project(AdapterKind.Lora, algorithm: algorithm);
        var settings = new RewardSettings { Address = _server.Address, TimeoutSeconds = patience, Attempts = 2, AtOnce = 256 };
        var reward = new Reward("bright", RewardKind.Endpoint, settings, Get<RewardKeys>().Protect("secret"), "Ada", DateTimeOffset.UtcNow);
        reward.TakeIntoUse(1, DateTimeOffset.UtcNow);
        await using var db = Open();
        var kept = await db.Projects.Include(one => one.Prompts).FirstAsync(one => one.Id == project.Id);
        kept.UsePrompts(["a red flag"], ["1 hand"]);
        kept.Change(kept.Settings with { EvaluationImages = 12 });
        db.Rewards.Add(reward);
        await db.SaveChangesAsync();
        return (kept, reward);
    }

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private RewardRun Run(long id) => Open().RewardRuns.Single(run => run.Id == id);

    private bool Ended(long id) => Run(id).EndedAt is not null;

    private LabelerDb Open() => _data.Open();

    private T Get<T>() where T : notnull => _data.Get<T>();
}
