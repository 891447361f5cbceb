using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Training.Loop;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Samples an epoch: first the groups that people judge, then the evaluation set, whose prompts and noise are the same in
/// every epoch. Groups that are there already are left alone, so a job that was stopped goes on where it was.
/// </summary>
internal sealed class SampleJob(IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, FileStore files, LoadedModel models,
    TimeProvider time)
    : IJobHandler
{
    private const ulong LabelingStream = 0, EvaluationStream = 1;

    public JobKind Kind => JobKind.Sample;

    public void Run(Job job, JobReporter reporter)
    {
        using var db = contexts.CreateDbContext();
        var project = db.Projects.AsNoTracking().Include(p => p.Prompts).First(p => p.Id == job.ProjectId);
        var epoch = db.Epochs.AsNoTracking().Include(e => e.SampledBy).First(e => e.Id == job.EpochId);
        var present = db.Groups.Where(group => group.EpochId == epoch.Id).Select(group => new { group.Use, group.Number }).ToHashSet();
        var (model, settings) = (models.Of(project.Settings.ModelFolder, reporter), project.Settings);
        var wanted = Wanted(project, epoch).ToList();
        var missing = Enumerable.Range(0, wanted.Count).Where(n => !present.Contains(new { wanted[n].Use, wanted[n].Number })).ToHashSet();
        var (total, done) = (wanted.Count, wanted.Count - missing.Count);
        reporter.Say(
            $"sampling {missing.Count} of {total} groups with {(epoch.SampledBy is { } by ? $"checkpoint {by.Id}" : "the base model")}");
        using var patch = model.Patched(epoch.SampledBy is { } checkpoint ? files.Verified(checkpoint.WeightsHash, reporter.Stop) : null);
        var sampler = new Sampler(model.Diffusion, NoiseSchedule.Load(Path.Combine(model.Diffusion.Folder, "scheduler")),
            OptionsOf(settings.Sampling, settings.GroupSize));
        var groups = new GroupSampler(model.Diffusion, sampler, model.Hash, epoch.SampledBy?.WeightsHash ?? "");
        var clock = new RunClock(time, total, done);
        using var workers = model.ThreadsFor(missing.Count);
        reporter.Report((double)done / total, $"{done} of {total} groups", null);
        groups.Sample([.. wanted.Select(group => new GroupRequest(group.Prompt.Text, group.Seed))], missing.Contains, workers,
            (n, sampled) =>
        {
            var made = Stored(wanted[n], sampled, sampler);
            reporter.Ask(() => cycle.Add(job, made));
            reporter.Advanced();
            clock.Advance(1);
            reporter.Report((double)++done / total, $"{done} of {total} groups", clock.SecondsLeft);
        }, reporter.Stop);
        reporter.End(() => cycle.FinishSampling(job));
        reporter.Say("sampled");
    }

    private sealed record WantedGroup(GroupUse Use, int Number, Prompt Prompt, ulong Seed);

    private static IEnumerable<WantedGroup> Wanted(Project project, Epoch epoch)
    {
        var settings = project.Settings;
        var prompts = project.Prompts.Where(prompt => prompt.Use == PromptUse.Training).OrderBy(prompt => prompt.Position).ToList();
        for (var number = 0; number < epoch.GroupsWanted; number++)
        {
            // Epochs take turns at the prompts, so that a long list is used whole.
            var prompt = prompts[(int)(((long)(epoch.Number - 1) * epoch.GroupsWanted + number) % prompts.Count)];
            yield return new(GroupUse.Labeling, number, prompt,
                Seeds.At((ulong)settings.Seed, LabelingStream, (ulong)epoch.Number, (ulong)number));
        }
        var all = project.Prompts.OrderBy(prompt => prompt.Use).ThenBy(prompt => prompt.Position).ToList();
        var evaluations = (settings.EvaluationImages + settings.GroupSize - 1) / settings.GroupSize;
        for (var number = 0; number < evaluations; number++)
        {
            yield return new(GroupUse.Evaluation, number, all[number % all.Count],
                Seeds.At((ulong)settings.Seed, EvaluationStream, (ulong)number));
        }
    }

    /// <summary>Brings a group's files into the store.</summary>
    private Func<Epoch, Group> Stored(WantedGroup wanted, SampledGroup sampled, Sampler sampler)
    {
        // Evaluation images are looked at, never trained on: their trajectories would only fill the disk.
        var trajectory = wanted.Use == GroupUse.Labeling ? TemporaryFile.Store(files, sampled.Trajectory.Save) : null;
        var images = sampled.Images.Zip(sampled.Trajectory.Origin.ImageSeeds, (png, seed) =>
            new NewImage(files.Put(png).GetAwaiter().GetResult(), sampler.Width, sampler.Height, (long)(seed & long.MaxValue))).ToList();
        return epoch => Group.Sampled(
            epoch, wanted.Use, wanted.Number, wanted.Prompt.Id, wanted.Prompt.Text, (long)(wanted.Seed & long.MaxValue), trajectory, images,
                time.GetUtcNow());
    }


    internal static SamplingOptions OptionsOf(SamplingSettings sampling, int groupSize) => new()
    {
        Steps = sampling.Steps,
        Eta = sampling.Eta,
        Guidance = sampling.GuidanceScale,
        Negative = sampling.NegativePrompt,
        Width = sampling.Size,
        Height = sampling.Size,
        GroupSize = groupSize,
    };
}
