using Labeler.Shared.Epochs;
using Labeler.Shared.Files;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Samples an epoch: first the groups that people judge, then the evaluation set, whose prompts and noise are the same in
/// every epoch. Groups that are there already are left alone, so a job that was stopped goes on where it was.
/// </summary>
internal sealed class SampleJob(EpochCycle cycle, FileStore files, Job job, Project project, Epoch epoch, IReadOnlyCollection<(GroupUse Use, int Number)> present, JobReporter pulse, TimeProvider time)
{
    private const ulong LabellingStream = 0, EvaluationStream = 1;

    public void Run(WorkerModel model)
    {
        var settings = project.Settings;
        var wanted = Wanted(settings).ToList();
        var missing = Enumerable.Range(0, wanted.Count).Where(n => !present.Contains((wanted[n].Use, wanted[n].Number))).ToHashSet();
        var (total, done) = (wanted.Count, wanted.Count - missing.Count);
        pulse.Say($"sampling {missing.Count} of {total} groups with {(epoch.SampledBy is { } by ? $"checkpoint {by.Id}" : "the base model")}");
        using var patch = model.Patched(epoch.SampledBy is { } checkpoint ? files.PathOf(checkpoint.WeightsHash) : null);
        var sampler = new Sampler(model.Diffusion, NoiseSchedule.Load(Path.Combine(model.Diffusion.Folder, "scheduler")), OptionsOf(settings.Sampling, settings.GroupSize));
        var groups = new GroupSampler(model.Diffusion, sampler, model.Hash, epoch.SampledBy?.WeightsHash ?? "");
        var clock = new RunClock(time, total, done);
        using var workers = model.ThreadsFor(missing.Count);
        pulse.Report((double)done / total, $"{done} of {total} groups", null);
        groups.Sample([.. wanted.Select(group => new GroupRequest(group.Prompt.Text, group.Seed))], missing.Contains, workers, (n, sampled) =>
        {
            Keep(wanted[n], sampled, sampler);
            clock.Advance(1);
            pulse.Report((double)++done / total, $"{done} of {total} groups", clock.SecondsLeft);
        }, pulse.Stop);
        pulse.End(() => cycle.FinishSampling(job));
        pulse.Say("sampled");
    }

    private sealed record WantedGroup(GroupUse Use, int Number, Prompt Prompt, ulong Seed);

    private IEnumerable<WantedGroup> Wanted(ProjectSettings settings)
    {
        var prompts = project.Prompts.Where(prompt => prompt.Use == PromptUse.Training).OrderBy(prompt => prompt.Position).ToList();
        for (var number = 0; number < epoch.GroupsWanted; number++)
        {
            // Epochs take turns at the prompts, so that a long list is used whole.
            var prompt = prompts[(int)(((long)(epoch.Number - 1) * epoch.GroupsWanted + number) % prompts.Count)];
            yield return new(GroupUse.Labelling, number, prompt, Seeds.At((ulong)settings.Seed, LabellingStream, (ulong)epoch.Number, (ulong)number));
        }
        var all = project.Prompts.OrderBy(prompt => prompt.Use).ThenBy(prompt => prompt.Position).ToList();
        var evaluations = (settings.EvaluationImages + settings.GroupSize - 1) / settings.GroupSize;
        for (var number = 0; number < evaluations; number++)
            yield return new(GroupUse.Evaluation, number, all[number % all.Count], Seeds.At((ulong)settings.Seed, EvaluationStream, (ulong)number));
    }

    private void Keep(WantedGroup wanted, SampledGroup sampled, Sampler sampler)
    {
        // Evaluation images are looked at, never trained on: their trajectories would only fill the disk.
        var trajectory = wanted.Use == GroupUse.Labelling ? Store(sampled.Trajectory) : null;
        var images = sampled.Images.Zip(sampled.Trajectory.Origin.ImageSeeds, (png, seed) =>
            new NewImage(files.Put(png).GetAwaiter().GetResult(), sampler.Width, sampler.Height, (long)(seed & long.MaxValue))).ToList();
        pulse.Ask(() => cycle.Add(
            job, of => Group.Sampled(of, wanted.Use, wanted.Number, wanted.Prompt.Id, wanted.Prompt.Text, (long)(wanted.Seed & long.MaxValue), trajectory, images, time.GetUtcNow())));
    }

    private string Store(Trajectory trajectory)
    {
        var temporary = Path.Combine(Path.GetTempPath(), $"labeler-{Guid.NewGuid():N}.safetensors");
        try
        {
            trajectory.Save(temporary);
            return files.PutFile(temporary).GetAwaiter().GetResult();
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    internal static Diffusion.SamplingOptions OptionsOf(Labeler.Shared.Projects.SamplingOptions sampling, int groupSize) => new()
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
