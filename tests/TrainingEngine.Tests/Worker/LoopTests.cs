using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Diffusion;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>The whole way of the data on a real database: sample, vote, train, sample again.</summary>
public sealed class LoopTests : IDisposable
{
    private readonly WorkerData _data = new();

    // D3PO goes round in the other tests.
    public static TheoryData<string> ButD3po => [.. AlgorithmInfo.All.Select(one => one.Name).Where(name => name != "d3po")];

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData(AdapterKind.Lora)]
    [InlineData(AdapterKind.Full)]
    public async Task The_checkpoint_that_votes_made_samples_the_next_epoch(AdapterKind kind)
    {
        var project = await Project(kind);
        var first = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => State(first.Id) == EpochState.Labeling);
        await FlagTheFirstImageOfEveryGroup(project.Id);

        await Get<EpochCycle>().Train(first.Id, (await Get<EpochCycle>().DryRun(first.Id)).Hash);
        WorkUntil(() => Open().Epochs.Any(epoch => epoch.Number == 2 && epoch.State == EpochState.Labeling));

        await using var db = Open();
        var checkpoint = await db.Checkpoints.SingleAsync();
        Assert.Equal(kind, checkpoint.Kind);
        var trajectories = await db.Groups.Where(group => group.Use == GroupUse.Labeling).Select(group => new { group.EpochId, group.TrajectoryHash }).ToListAsync();
        Assert.All(trajectories, group =>
        {
            using var trajectory = Trajectory.Load(Get<FileStore>().PathOf(group.TrajectoryHash!));
            Assert.Equal(group.EpochId == first.Id ? "" : checkpoint.WeightsHash, trajectory.Origin.AdapterHash);
        });
        Assert.Equal(2, await db.Groups.CountAsync(group => group.Use == GroupUse.Evaluation));
        // The names that the epochs page draws, and the speed; a figure for every optimizer step.
        var figures = await db.JobMetrics.GroupBy(metric => metric.Name).Select(metric => new { metric.Key, Count = metric.Count(), First = metric.Min(one => one.Step) }).ToListAsync();
        var ofTimesteps = figures.Where(figure => figure.Key.StartsWith(JobMetric.OfTimestep, StringComparison.Ordinal)).ToList();
        var ofSteps = figures.Except(ofTimesteps).ToList();
        Assert.Equal(
            ["accuracy", "dead", "gradient_norm", "images_per_second", "kl", "loss", "margin"], ofSteps.Select(figure => figure.Key).Order(StringComparer.Ordinal));
        Assert.All(ofSteps, figure => Assert.Equal((3, 1), (figure.Count, figure.First)));
        // And how it went at each sampling step that is trained on.
        Assert.Equal(["timestep_accuracy", "timestep_dead", "timestep_kl", "timestep_margin"], ofTimesteps.Select(figure => figure.Key).Order(StringComparer.Ordinal));
        Assert.All(ofTimesteps, figure => Assert.Equal((project.Settings.Training.LastStep!.Value + 1, 0), (figure.Count, figure.First)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sd3")]
    public async Task A_project_that_trains_text_encoders_too_samples_its_next_epoch_with_them_and_goes_on_from_them(string? flow)
    {
        var project = await _data.Project(AdapterKind.Lora, flow: flow, texts: true, sampling: new() { Steps = 4, GuidanceScale = 1, Eta = flow is null ? 1 : 0.7 });
        var first = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => State(first.Id) == EpochState.Labeling);
        await FlagTheFirstImageOfEveryGroup(project.Id);
        await Get<EpochCycle>().Train(first.Id, (await Get<EpochCycle>().DryRun(first.Id)).Hash);
        WorkUntil(() => Open().Epochs.Any(epoch => epoch.Number == 2 && epoch.State == EpochState.Labeling));

        // The ratio self-check of the second training holds the texts that sampled against those that train.
        var second = await Open().Epochs.SingleAsync(epoch => epoch.Number == 2);
        await FlagTheFirstImageOfEveryGroup(project.Id);
        await Get<EpochCycle>().Train(second.Id, (await Get<EpochCycle>().DryRun(second.Id)).Hash);
        WorkUntil(() => Open().Epochs.Any(epoch => epoch.Number == 3 && epoch.State == EpochState.Labeling));

        var texts = (await Open().Checkpoints.OrderBy(checkpoint => checkpoint.Id).ToListAsync()).ConvertAll(checkpoint =>
            TrainingEngine.Weights.SafeTensors.ReadAll(Get<FileStore>().PathOf(checkpoint.WeightsHash))
                .Where(pair => pair.Key.StartsWith("text_encoder.", StringComparison.Ordinal) && pair.Key.EndsWith("up.weight", StringComparison.Ordinal)).ToDictionary());
        Assert.Contains(texts[0].Values, tensor => tensor.abs().max().item<float>() > 0);
        Assert.Contains(texts[1], pair => !pair.Value.eq(texts[0][pair.Key]).all().item<bool>());
    }

    [Fact]
    public async Task Groups_judged_alike_are_held_where_the_project_says_so()
    {
        var project = await Project(AdapterKind.Lora);
        await Open().Projects.ExecuteUpdateAsync(set => set.SetProperty(one => one.Settings, project.Settings with { Training = project.Settings.Training with { HoldAlike = true } }));
        var epoch = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => State(epoch.Id) == EpochState.Labeling);
        await _data.Flag(project.Id, (group, image) => group != 0 && image == 0);

        await Get<EpochCycle>().Train(epoch.Id, (await Get<EpochCycle>().DryRun(epoch.Id)).Hash);
        WorkUntil(() => State(epoch.Id) == EpochState.Complete);

        var log = string.Join('\n', (await Open().JobLines.ToListAsync()).ConvertAll(line => line.Text));
        Assert.Contains("on 4 pairs of 3 groups, 1 of them held as they are", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_epoch_samples_most_of_what_was_judged_differently_where_the_project_says_so()
    {
        var project = await Project(AdapterKind.Lora, groups: 6);
        await Open().Projects.ExecuteUpdateAsync(set => set.SetProperty(one => one.Settings, project.Settings with { SampleForSignal = true }));
        var epoch = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => State(epoch.Id) == EpochState.Labeling);
        await _data.Flag(project.Id, (group, image) => group % 2 == 1 && image == 0);

        await Get<EpochCycle>().Train(epoch.Id, (await Get<EpochCycle>().DryRun(epoch.Id)).Hash);
        WorkUntil(() => Open().Epochs.Any(one => one.Number == 2 && one.State == EpochState.Labeling));

        var next = await Open().Groups.Where(group => group.Use == GroupUse.Labeling && group.EpochId != epoch.Id).Select(group => group.Prompt).ToListAsync();
        Assert.Equal((1, 5), (next.Count(prompt => prompt == "a red flag"), next.Count(prompt => prompt == "1 hand")));
    }

    [Fact]
    public async Task An_evaluation_makes_every_checkpoints_pictures_from_the_same_noise_and_then_asks()
    {
        var project = await Project(AdapterKind.Lora);
        var first = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => State(first.Id) == EpochState.Labeling);
        await FlagTheFirstImageOfEveryGroup(project.Id);
        await Get<EpochCycle>().Train(first.Id, null);
        WorkUntil(() => State(first.Id) == EpochState.Complete);
        var checkpoint = await Open().Checkpoints.SingleAsync();
        var (folder, sampling) = (project.Settings.ModelFolder, project.Settings.Sampling);
        var plan = new EvaluationPlan
        {
            Contestants = [new("base", folder, null, null), new("epoch 1", folder, checkpoint.Id, checkpoint.WeightsHash)],
            Kind = EvaluationKind.Duel,
            Prompts = ["1 hand", "a red flag"],
            FixedEach = 1,
            RandomEach = 1,
            RandomSeed = 9,
            Sampling = sampling,
        };

        var (groups, pictures) = await Evaluated("once", plan);
        var (_, again) = await Evaluated("again", plan with { RandomSeed = 10 });

        Assert.Equal(groups.Take(4).Select(group => (group.Prompt, group.Seed)), groups.Skip(4).Select(group => (group.Prompt, group.Seed)));
        Assert.All(Enumerable.Range(0, 4), n => Assert.NotEqual(pictures[n], pictures[n + 4]));
        Assert.Equal([true, false, true, false, true, false, true, false], pictures.Zip(again, (one, other) => one.AsSpan().SequenceEqual(other)));
        Assert.Equal(2 * plan.Items, await Open().Items.CountAsync(item => item.SecondId != null));
    }

    [Fact]
    public async Task A_worker_that_is_stopped_gives_its_job_back_with_the_groups_it_has()
    {
        var project = await Project(AdapterKind.Lora, groups: 40);
        var epoch = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => Open().Groups.Any());
        var before = await Open().Groups.Where(group => group.Use == GroupUse.Labeling).Select(group => group.TrajectoryHash).ToListAsync();
        var shares = await Open().Jobs.Where(job => job.Kind == JobKind.SampleShare && job.State != JobState.Succeeded).ToListAsync();
        Assert.NotEmpty(shares);
        Assert.All(shares, share => Assert.Equal((JobState.Queued, 0), (share.State, share.Attempt)));

        WorkUntil(() => State(epoch.Id) == EpochState.Labeling);

        var after = await Open().Groups.Where(group => group.Use == GroupUse.Labeling).Select(group => group.TrajectoryHash).ToListAsync();
        Assert.Equal(40, after.Count);
        Assert.Subset(after.ToHashSet(), before.ToHashSet());
    }

    [Fact]
    public async Task A_model_folder_that_is_gone_fails_the_epoch_with_a_reason()
    {
        var project = await Project(AdapterKind.Lora);
        Directory.Delete(_data.Model, recursive: true);
        var epoch = await Get<EpochCycle>().Start(project.Id, null);

        WorkUntil(() => State(epoch.Id) == EpochState.Failed);

        Assert.Contains("model_index.json", (await Open().Epochs.SingleAsync()).Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ButD3po))]
    public async Task Every_algorithm_of_the_form_learns_from_votes_and_its_checkpoint_samples_on(string algorithm)
    {
        var project = await Project(AdapterKind.Lora, algorithm: algorithm);
        var first = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => State(first.Id) == EpochState.Labeling);
        await FlagTheFirstImageOfEveryGroup(project.Id);

        await Get<EpochCycle>().Train(first.Id, (await Get<EpochCycle>().DryRun(first.Id)).Hash);
        WorkUntil(() => Open().Epochs.Any(epoch => epoch.Number == 2 && epoch.State == EpochState.Labeling));

        await using var db = Open();
        var checkpoint = await db.Checkpoints.SingleAsync();
        using (var weights = TrainingEngine.Weights.SafeTensors.Open(Get<FileStore>().PathOf(checkpoint.WeightsHash)))
        {
            Assert.Equal(algorithm, weights.Metadata["algorithm"]);
        }

        var names = (await db.JobMetrics.Select(metric => metric.Name).Distinct().ToListAsync()).ToHashSet();
        Assert.Superset(new HashSet<string> { "loss", "gradient_norm", "images_per_second" }, names);
        Assert.Contains(await db.JobMetrics.ToListAsync(), metric => metric.Name == "gradient_norm" && metric.Value > 0);
    }

    [Theory]
    [InlineData("sd3", "d3po")]
    [InlineData("flux", "ddpo")]
    public async Task A_flow_model_goes_round_the_same_loop(string family, string algorithm)
    {
        var project = await _data.Project(AdapterKind.Lora, algorithm: algorithm, flow: family);
        var first = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => State(first.Id) == EpochState.Labeling);
        await FlagTheFirstImageOfEveryGroup(project.Id);

        await Get<EpochCycle>().Train(first.Id, (await Get<EpochCycle>().DryRun(first.Id)).Hash);
        WorkUntil(() => Open().Epochs.Any(epoch => epoch.Number == 2 && epoch.State == EpochState.Labeling));

        await using var db = Open();
        var checkpoint = await db.Checkpoints.SingleAsync();
        using (var weights = TrainingEngine.Weights.SafeTensors.Open(Get<FileStore>().PathOf(checkpoint.WeightsHash)))
        {
            Assert.All(weights.Names, name => Assert.StartsWith("transformer.", name, StringComparison.Ordinal));
        }
        var second = await db.Groups.FirstAsync(group => group.EpochId != first.Id && group.Use == GroupUse.Labeling);
        using var trajectory = Trajectory.Load(Get<FileStore>().PathOf(second.TrajectoryHash!));
        Assert.Equal((checkpoint.WeightsHash, "sde"), (trajectory.Origin.AdapterHash, trajectory.Origin.Noise));
    }

    [Fact]
    public async Task A_flow_project_says_which_noise_its_steps_add_and_at_which_and_learns_at_those_alone()
    {
        var project = await _data.Project(AdapterKind.Lora, algorithm: "ddpo", flow: "sd3",
            sampling: new() { Steps = 4, GuidanceScale = 1, Eta = 0.7, FlowNoise = FlowNoiseKind.Cps, NoisySteps = 2, FirstNoisyStep = 1 });
        var first = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => State(first.Id) == EpochState.Labeling);
        await FlagTheFirstImageOfEveryGroup(project.Id);

        await Get<EpochCycle>().Train(first.Id, (await Get<EpochCycle>().DryRun(first.Id)).Hash);
        WorkUntil(() => State(first.Id) == EpochState.Complete);

        await using var db = Open();
        var group = await db.Groups.FirstAsync(group => group.EpochId == first.Id && group.Use == GroupUse.Labeling);
        using var trajectory = Trajectory.Load(Get<FileStore>().PathOf(group.TrajectoryHash!));
        Assert.Equal(("cps", "1+2"), (trajectory.Origin.Noise, trajectory.Origin.Window.ToString()));
    }

    [Fact]
    public async Task An_algorithm_that_is_not_there_fails_the_epoch_with_a_reason()
    {
        var project = await Project(AdapterKind.Lora, algorithm: "magic");
        var first = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => State(first.Id) == EpochState.Labeling);
        await FlagTheFirstImageOfEveryGroup(project.Id);

        await Get<EpochCycle>().Train(first.Id, (await Get<EpochCycle>().DryRun(first.Id)).Hash);
        WorkUntil(() => State(first.Id) == EpochState.Failed);

        Assert.Contains("'magic' is unknown", (await Open().Epochs.SingleAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Votes_become_rewards_between_minus_1_and_1()
    {
        var group = new ManifestGroup(1, "1 hand", 0, "t", ["a", "b", "c", "d"], [new(0, 1, 1), new(0, 2, 0.5), new(1, 2, 1)], []);

        Assert.Equal([0.75, 0, -0.75, double.NaN], TrainingEngine.Worker.ManifestEpoch.RewardsOf([group]).Single());
    }

    /// <summary>Lets a worker make an evaluation's pictures; their groups and pixels, in order.</summary>
    private async Task<(List<Group> Groups, List<byte[]> Pictures)> Evaluated(string name, EvaluationPlan plan)
    {
        var project = Evaluation.ProjectFor(name, plan, 1, "", [], new ProjectSettings(), DateTimeOffset.UtcNow);
        await Get<EvaluationWorkflow>().Start(project, plan);
        WorkUntil(() => Open().Epochs.Any(epoch => epoch.ProjectId == project.Id && epoch.State == EpochState.Labeling));
        var groups = await Open().Groups.Include(group => group.Images).Where(group => group.ProjectId == project.Id).OrderBy(group => group.Number).ToListAsync();
        return (groups, [.. groups.Select(group => Picture.Decode(File.ReadAllBytes(Get<FileStore>().PathOf(group.Images[0].ContentHash))).Rgb)]);
    }

    private Task<Project> Project(AdapterKind kind, int groups = 3, string algorithm = "d3po") => _data.Project(kind, groups, algorithm);

    private Task FlagTheFirstImageOfEveryGroup(long projectId) => _data.FlagTheFirstImageOfEveryGroup(projectId);

    private EpochState State(long epochId) => Open().Epochs.Single(epoch => epoch.Id == epochId).State;

    private void WorkUntil(Func<bool> holds) => _data.WorkUntil(holds);

    private LabelerDb Open() => _data.Open();

    private T Get<T>() where T : notnull => _data.Get<T>();
}
