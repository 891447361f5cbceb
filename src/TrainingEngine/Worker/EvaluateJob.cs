using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Files;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Makes an evaluation's pictures, checkpoint after checkpoint, each picture a group of its own. Those that are there already
/// are left alone, so a job that was stopped goes on where it was and ends with the same pictures; then people are asked.
/// </summary>
internal sealed class EvaluateJob(
    EpochCycle cycle, EvaluationWorkflow evaluating, FileStore files, DataFolder folder, Job job, EvaluationPlan plan, IReadOnlySet<int> present, JobReporter pulse, TimeProvider time)
{
    private const ulong FixedStream = 2, RandomStream = 3;

    public void Run(Func<string, WorkerModel> load)
    {
        var clock = new RunClock(time, plan.Pictures, present.Count);
        var done = present.Count;
        pulse.Say($"making {plan.Pictures - done} of {plan.Pictures} pictures with {plan.Contestants.Count} checkpoints");
        foreach (var number in Enumerable.Range(0, plan.Contestants.Count))
        {
            Sample(number, load, () => pulse.Report((double)++done / plan.Pictures, $"{done} of {plan.Pictures} pictures", Left()));
        }
        pulse.End(() => evaluating.Finish(job));
        pulse.Say("all pictures are there");

        double? Left()
        {
            clock.Advance(1);
            return clock.SecondsLeft;
        }
    }

    private void Sample(int contestant, Func<string, WorkerModel> load, Action made)
    {
        PlannedPicture[] pictures = [.. Enumerable.Range(contestant * plan.PicturesEach, plan.PicturesEach).Select(plan.At)];
        var missing = Enumerable.Range(0, pictures.Length).Where(place => !present.Contains(pictures[place].Number)).ToHashSet();
        if (missing.Count == 0)
        {
            return;
        }
        var (model, weights) = (load(ModelPath.Find(plan.Contestants[contestant].Model, folder.Root)), plan.Contestants[contestant].Weights);
        using var patch = model.Patched(weights is null ? null : files.PathOf(weights));
        var sampler = new Sampler(model.Diffusion, NoiseSchedule.Load(Path.Combine(model.Diffusion.Folder, "scheduler")), SampleJob.OptionsOf(plan.Sampling, groupSize: 1));
        using var workers = model.ThreadsFor(missing.Count);
        GroupRequest[] requests = [.. pictures.Select(picture => new GroupRequest(plan.Prompts[picture.Prompt], SeedOf(picture)))];
        new GroupSampler(model.Diffusion, sampler, model.Hash, weights ?? "").Sample(requests, missing.Contains, workers, (place, sampled) =>
        {
            var image = new NewImage(files.Put(sampled.Images[0]).GetAwaiter().GetResult(), sampler.Width, sampler.Height, (long)(sampled.Trajectory.Origin.ImageSeeds[0] & long.MaxValue));
            pulse.Ask(() => cycle.Add(job, epoch => Group.Sampled(
                epoch, GroupUse.Labelling, pictures[place].Number, null, requests[place].Prompt, (long)(requests[place].Seed & long.MaxValue), null, [image], time.GetUtcNow())));
            made();
        }, pulse.Stop);
    }

    /// <summary>Fixed noise follows from the fixed seed and the picture's place among its prompt's; new noise in a duel is shared by the checkpoints.</summary>
    private ulong SeedOf(PlannedPicture picture) => picture.IsFixed
        ? Seeds.At((ulong)plan.FixedSeed, FixedStream, (ulong)picture.Index)
        : Seeds.At((ulong)plan.RandomSeed, RandomStream, plan.Kind == EvaluationKind.Duel ? 0 : (ulong)picture.Contestant, (ulong)picture.Prompt, (ulong)picture.Index);
}
