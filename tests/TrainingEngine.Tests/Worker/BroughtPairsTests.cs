using System.Text.Json;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>Preferences of others teach: alone, and beside a project's own votes.</summary>
public sealed class BroughtPairsTests : IDisposable
{
    private const int Pairs = 6;
    private readonly WorkerData _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("diffusion-dpo")]
    [InlineData("preferred")]
    public async Task A_set_alone_trains_a_model_that_has_sampled_nothing(string algorithm)
    {
        var project = await Project(algorithm);
        await Import(project);
        var epoch = await _data.Open().Epochs.SingleAsync();
        Assert.Equal(Pairs, (await Get<EpochCycle>().DryRun(epoch.Id)).Signal);

        await Get<EpochCycle>().Train(epoch.Id, null);
        _data.WorkUntil(() => _data.Open().Epochs.Any(e => e.Number == 2 && e.State == EpochState.Labeling));

        Assert.Equal(AdapterKind.Lora, (await _data.Open().Checkpoints.SingleAsync()).Kind);
        Assert.Empty(Directory.GetDirectories(Get<DataFolder>().Checkpoints));
    }

    [Fact]
    public async Task A_set_teaches_beside_votes_on_pictures_of_the_model_s_own()
    {
        var project = await Project("diffusion-dpo");
        var epoch = await Get<EpochCycle>().Start(project.Id, null);
        _data.WorkUntil(() => _data.Open().Epochs.Single().State == EpochState.Labeling);
        var lease = (await Get<ItemQueue>().Take(project.Id, Guid.NewGuid(), 1, [])).Leases[0];
        await Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, lease.AnnotatorId, new PairVerdict(PairPick.Left, lease.FirstOnLeft, true, true), 900, null));
        await Import(project);
        Assert.Equal(Pairs + 1, (await Get<EpochCycle>().DryRun(epoch.Id)).Signal);

        await Get<EpochCycle>().Train(epoch.Id, null);
        _data.WorkUntil(() => _data.Open().Checkpoints.Any());

        // What it learned from names the votes of both.
        Assert.Equal(Pairs + 1, await _data.Open().CheckpointVotes.CountAsync());
    }

    [Fact]
    public async Task A_project_that_needs_trajectories_leaves_a_set_to_its_reward_models()
    {
        var project = await Project("d3po");
        await Import(project);
        var epoch = await _data.Open().Epochs.SingleAsync();
        Assert.Equal(0, (await Get<EpochCycle>().DryRun(epoch.Id)).Signal);

        await Get<RewardWorkflow>().Queue(project.Id);
        _data.WorkUntil(() => _data.Open().LearnedRewards.Any());

        var reward = await _data.Open().LearnedRewards.SingleAsync();
        Assert.Equal(Pairs, RewardManifest.Read(await Get<FileStore>().Read(reward.ManifestHash)).Groups.Sum(group => group.Preferences.Count));
    }

    private async Task<Project> Project(string algorithm)
    {
        var settings = new ProjectSettings
        {
            ModelFolder = TinyModel.Write(_data.Model),
            GroupSize = 2,
            ImagesPerEpoch = 4,
            EvaluationImages = 0,
            Algorithm = algorithm,
            Sampling = new() { Steps = 4, GuidanceScale = 1 },
            Training = new() { Adapter = AdapterKind.Lora, Rank = 2, LearningRate = 1e-3, LastStep = 2 },
        };
        var project = Shared.Projects.Project.Create("pairs", LabelingTask.PreferPair, settings, DateTimeOffset.UtcNow);
        project.UsePrompts(["a red flag"]);
        await using var db = _data.Open();
        db.Projects.Add(project);
        await db.SaveChangesAsync();
        return project;
    }

    // Pictures of other sizes than the model's, as sets of others have them.
    private async Task Import(Project project)
    {
        var path = Path.Combine(Get<DataFolder>().Root, "pairs.jsonl");
        string Picture(int n) => "data:image/png;base64," + Convert.ToBase64String(
            new Picture(40 + n, 32, [.. Enumerable.Range(0, (40 + n) * 32 * 3).Select(at => (byte)(at * (n + 3)))]).ToPng());
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, Pairs).Select(n => JsonSerializer.Serialize(new { prompt = $"{n} flags", chosen = Picture(2 * n), rejected = Picture((2 * n) + 1) })));
        var import = new SetImport(Get<IDbContextFactory<LabelerDb>>(), Get<EpochCycle>(), Get<FileStore>(), Get<DataFolder>(), new ImportLimits(), TimeProvider.System);
        await import.Queue(project.Id, new SetImportOrder(path, IsUpload: false, "pairs.jsonl"));
        await import.Run((await Get<JobQueue>().Claim("web", [JobKind.ImportPairs]))!, (_, _) => { });
    }

    private T Get<T>() where T : notnull => _data.Get<T>();
}
