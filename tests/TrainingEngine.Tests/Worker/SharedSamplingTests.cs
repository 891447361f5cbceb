using System.Diagnostics;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>Several workers, each a program of its own, on one epoch.</summary>
public sealed class SharedSamplingTests : IDisposable
{
    private const int Groups = 24;

    // Two groups are computed together, so that the epoch has thirteen shares.
    private static readonly ComputeSettings InTwos = new() { MicroBatch = 6 };
    private readonly WorkerData _data = new();
    private readonly List<Process> _workers = [];

    public void Dispose()
    {
        _workers.ForEach(End);
        _data.Dispose();
    }

    [Fact]
    public async Task Two_workers_and_four_of_which_one_is_killed_make_what_one_makes_to_the_last_bit()
    {
        var alone = await Begin();
        _data.WorkUntil(() => IsSampled(alone));
        var expected = await Made(alone);
        Assert.Equal(Groups, expected.Count(group => group.StartsWith("Labeling", StringComparison.Ordinal)));
        Assert.Equal(13, await Shares(alone).CountAsync(job => job.State == JobState.Succeeded));

        Start("first", "second");
        var shared = await BeginUntil(epoch => Holders(epoch).Count == 2);
        await _data.WaitUntil(() => IsSampled(shared));
        Assert.Equal(expected, await Made(shared));
        Assert.Equal(["first", "second"], Holders(shared));

        Start("third", "fourth");
        var disturbed = await Begin();
        await _data.WaitUntil(() => Running(disturbed).Any(job => job.Worker == "first"));
        _workers[0].Kill();
        await _workers[0].WaitForExitAsync();
        // Where it had none by then, nothing is lost.
        await _data.EndLease("first");
        await _data.WaitUntil(() => IsSampled(disturbed));
        Assert.Equal(expected, await Made(disturbed));

        var whole = await _data.Open().Jobs.SingleAsync(job => job.EpochId == disturbed && job.Kind == JobKind.Sample);
        Assert.Equal((JobState.Succeeded, 1.0, 25), (whole.State, whole.Progress, whole.Pieces));
    }

    [Fact]
    public async Task The_worker_of_a_further_device_takes_shares_tells_what_it_did_and_ends_with_the_one_beside_which_it_is()
    {
        using var collector = new Collector();
        using var programs = new TemporaryFolder();
        NvidiaSmiFile.Write(programs, "echo '0, 35, 1024, 81559'");
        var alone = await Begin();
        _data.WorkUntil(() => IsSampled(alone));
        var worker = _data.StartWorker("both", "cpu,cpu", ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "500"), ("PATH", $"{programs.Path}:{Environment.GetEnvironmentVariable("PATH")}"));
        _workers.Add(worker);

        await _data.WaitUntil(() => collector.Heard.Contains("labeler.worker.gpu.utilization", StringComparison.Ordinal));
        // In the middle: it has made one share and holds another.
        var shared = await BeginUntil(epoch => States(epoch, "both-2") is var states && states.Contains(JobState.Succeeded) && states.Contains(JobState.Running));
        End(worker);

        // Both gave back what they had.
        Assert.Empty(Running(shared));
        _data.WorkUntil(() => IsSampled(shared));
        Assert.Equal(await Made(alone), await Made(shared));
        Assert.All(["both", "both-2", "SampleShare", "labeler.worker.images", "labeler.worker.job.duration"], told => Assert.Contains(told, collector.Heard, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_project_asks_for_holds_for_all_shares_of_an_epoch_whatever_is_changed_meanwhile()
    {
        var alone = await Begin();
        _data.WorkUntil(() => IsSampled(alone));

        var changed = await Begin();
        _data.WorkUntil(() => _data.Open().Groups.Any(group => group.EpochId == changed));
        await using (var db = _data.Open())
        {
            var project = await db.Projects.Include(p => p.Prompts).SingleAsync(p => db.Epochs.Any(e => e.Id == changed && e.ProjectId == p.Id));
            project.Change(project.Settings with { Seed = 77, Sampling = project.Settings.Sampling with { Steps = 5 } });
            project.UsePrompts(["another"]);
            await db.SaveChangesAsync();
        }
        _data.WorkUntil(() => IsSampled(changed));

        Assert.Equal(await Made(alone), await Made(changed));
    }

    [Fact]
    public async Task An_evaluation_is_made_in_shares_by_two_workers_with_the_pictures_of_one()
    {
        var project = await _data.Project(AdapterKind.Lora);
        var plan = new EvaluationPlan
        {
            Kind = EvaluationKind.Rubric,
            Contestants = [new("base", project.Settings.ModelFolder, null, null), new("other", TinyModel.Write($"{_data.Model}-other"), null, null)],
            Prompts = [.. Enumerable.Range(0, 20).Select(n => $"{n} hands")],
            FixedEach = 2,
            RandomEach = 1,
            RandomSeed = 9,
            Sampling = project.Settings.Sampling,
        };
        var alone = await Evaluate("alone", plan);
        _data.WorkUntil(() => IsSampled(alone));
        Start("first", "second");
        var shared = await Evaluate("shared", plan);
        await _data.WaitUntil(() => IsSampled(shared));

        Assert.Equal(await Made(alone), await Made(shared));
        Assert.Equal(120, (await Made(shared)).Count);
        Assert.Equal(4, await _data.Open().Jobs.CountAsync(job => job.EpochId == shared && job.Kind == JobKind.EvaluateShare));
        Assert.Equal(plan.Items, await _data.Open().Items.CountAsync(item => item.EpochId == shared));
    }

    private static void End(Process worker)
    {
        if (!worker.HasExited)
        {
            worker.StandardInput.Close();
            worker.WaitForExit();
        }
    }

    private void Start(params string[] names) => _workers.AddRange(names.Select(name => _data.StartWorker(name)));

    private async Task<long> Begin()
    {
        var project = await _data.Project(AdapterKind.Lora, Groups, compute: InTwos);
        return (await _data.Get<EpochCycle>().Start(project.Id, null)).Id;
    }

    /// <summary>Begins an epoch, and another where something did not hold until all of it was sampled: the first to start may be done
    /// before another program has started.</summary>
    private async Task<long> BeginUntil(Func<long, bool> holds)
    {
        for (var trial = 1; trial <= 30; trial++)
        {
            var (epoch, held) = (await Begin(), false);
            await _data.WaitUntil(() => (held = holds(epoch)) || IsSampled(epoch));
            if (held)
            {
                return epoch;
            }
        }
        throw new Xunit.Sdk.XunitException("It held in none of thirty epochs.");
    }

    private async Task<long> Evaluate(string name, EvaluationPlan plan)
    {
        var project = Evaluation.ProjectFor(name, plan, 1, "", Scale.Rubric, new(), DateTimeOffset.UtcNow);
        var evaluation = await _data.Get<EvaluationWorkflow>().Start(project, plan);
        return await _data.Open().Epochs.Where(epoch => epoch.ProjectId == evaluation.ProjectId).Select(epoch => epoch.Id).SingleAsync();
    }

    private bool IsSampled(long epoch) => _data.Open().Epochs.Single(one => one.Id == epoch).State == EpochState.Labeling;

    private List<Job> Running(long epoch) => [.. _data.Open().Jobs.AsNoTracking().Where(job => job.EpochId == epoch && job.Worker != null && job.State == JobState.Running)];

    private IQueryable<Job> Shares(long epoch) => _data.Open().Jobs.Where(job => job.EpochId == epoch && job.Kind == JobKind.SampleShare);

    private List<JobState> States(long epoch, string worker) => [.. Shares(epoch).Where(job => job.Worker == worker).Select(job => job.State)];

    private List<string?> Holders(long epoch) => [.. Shares(epoch).Where(job => job.Worker != null).Select(job => job.Worker).Distinct().Order()];

    private async Task<List<string>> Made(long epoch) => [.. (await _data.Open().Groups.AsNoTracking().Include(group => group.Images).Where(group => group.EpochId == epoch)
        .OrderBy(group => group.Use).ThenBy(group => group.Number).ToListAsync())
        .Select(group => $"{group.Use} {group.Number} {group.Prompt} {group.Seed} {group.TrajectoryHash} {string.Join(' ', group.Images.OrderBy(image => image.Index).Select(image => image.ContentHash))}")];
}
