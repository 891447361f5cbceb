using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Training.Memory;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Samples an epoch: first the groups that people judge, then the evaluation set, whose prompts and noise are the same in
/// every epoch. Groups that are there already are left alone, so a job that was stopped goes on where it was.
/// </summary>
internal sealed class SampleJob(IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, FileStore files, LoadedModel models,
    InstalledReward rewards, WorkerOptions worker, TimeProvider time)
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
        var (model, settings) = (models.Of(project.Settings.ModelFolder, project.Settings.Compute, reporter), project.Settings);
        var wanted = Wanted(project, epoch).ToList();
        var missing = Enumerable.Range(0, wanted.Count).Where(n => !present.Contains(new { wanted[n].Use, wanted[n].Number })).ToHashSet();
        var (total, done) = (wanted.Count, wanted.Count - missing.Count);
        reporter.Say(
            $"sampling {missing.Count} of {total} groups with {(epoch.SampledBy is { } by ? $"checkpoint {by.Id}" : "the base model")}");
        var file = epoch.SampledBy is { } checkpoint ? files.Verified(checkpoint.WeightsHash, reporter.Stop) : null;
        using var patch = model.Patched(file);
        using var best = settings is { BestOf: > 1, BestOfReward: { } chooses }
            ? new BestImages(rewards.Open(chooses, reporter), settings.GroupSize, reporter) : null;
        var clock = new RunClock(time, total, done);
        using var workers = model.ThreadsFor(missing.Count);
        reporter.Report((double)done / total, $"{done} of {total} groups", null);
        if (best is null)
        {
            Sample(Enumerable.Range(0, wanted.Count), settings.GroupSize, null);
        }
        else
        {
            Sample(Enumerable.Range(0, epoch.GroupsWanted), settings.GroupSize * settings.BestOf, best);
            // Evaluations are of the model as it is.
            Sample(Enumerable.Range(epoch.GroupsWanted, wanted.Count - epoch.GroupsWanted), settings.GroupSize, null);
        }

        void Sample(IEnumerable<int> places, int size, BestImages? chosen)
        {
            var options = OptionsOf(settings.Sampling, size, model.Diffusion.IsFlow) with { ImagesAtOnce = settings.Compute.MicroBatch };
            var sampler = new Sampler(model.Diffusion, ModelSchedule.Of(model.Diffusion), options);
            MemoryCheck.RequireSampling(model.Diffusion, sampler, options, settings.Compute.Tiles);
            WantedGroup[] some = [.. places.Select(place => wanted[place])];
            int[] numbers = [.. places];
            var place = ComputePlace.Of(settings.Compute, worker.Device);
            var whole = new SampleShare(model.Diffusion.Folder, new(place.Name, place.Type.Name(), place.Offloaded), file, options,
                [.. some.Select(group => new GroupRequest(group.Prompt.Text, group.Seed))],
                [.. Enumerable.Range(0, some.Length).Where(n => missing.Contains(numbers[n]))])
            {
                PatchHash = epoch.SampledBy?.WeightsHash ?? "",
                Tiles = settings.Compute.Tiles,
            };
            var together = sampler.GroupsTogether;
            using var others = new ShareProcesses(whole,
                settings.Compute.Device.Length > 0 || whole.Missing.Count <= together ? [] : worker.Others);
            if (others.Shares > 1)
            {
                reporter.Say($"sampling in {others.Shares} processes, on this worker's device and {string.Join(", ", worker.Others)}");
            }
            new GroupSampler(model.Diffusion, sampler, model.Hash, whole.PatchHash) { Tiles = whole.Tiles }.Sample(
                whole.Groups, n => whole.Missing.Contains(n) && SampleShare.Has(n, together, 0, others.Shares), workers, (n, sampled) =>
                {
                    Take(n, sampled);
                    others.Drain(Take);
                }, reporter.Stop);
            others.Finish(Take, reporter.Stop);

            void Take(int n, SampledGroup sampled)
            {
                using var kept = chosen?.Of(sampled);
                var made = Stored(some[n], kept ?? sampled, sampler);
                reporter.Ask(() => cycle.Add(job, made));
                reporter.Advanced();
                clock.Advance(1);
                reporter.Report((double)++done / total, $"{done} of {total} groups", clock.SecondsLeft);
            }
        }

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

    internal static SamplingOptions OptionsOf(SamplingSettings sampling, int groupSize, bool flow) => new()
    {
        Steps = sampling.Steps,
        Eta = sampling.Eta,
        Guidance = sampling.GuidanceScale,
        Negative = sampling.NegativePrompt,
        Width = sampling.Size,
        Height = sampling.Size,
        GroupSize = groupSize,
        Noise = sampling.FlowNoise == FlowNoiseKind.Cps ? FlowNoise.Cps : FlowNoise.Sde,
        Window = flow ? new(sampling.FirstNoisyStep, sampling.NoisySteps) : default,
    };
}
