using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Worker.Ranked;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Trains on an epoch's frozen manifest. Work in progress lies in the data folder's checkpoints; a job that was stopped or
/// whose worker died goes on from there and ends with the same weights.
/// </summary>
/// <param name="load">Loads the model, where this process needs it.</param>
internal sealed class TrainJob(EpochCycle cycle, FileStore files, DataFolder folder, WorkerOptions worker, Job job, JobReporter pulse,
    Func<WorkerModel> load)
{
    public void Run(string model, ComputeSettings compute)
    {
        var loaded = new Lazy<WorkerModel>(load);
        var manifest = pulse.Ask(() => cycle.StartTraining(job));
        pulse.Report(0, "checking the files", null);
        var replayed = pulse.Ask(() => cycle.Replayed(job, manifest));
        var place = PlaceOf(manifest, compute, replayed);
        var pictures = $"{place.Output}-pictures";
        var (taught, pathOf) = BroughtPictures.Encode(manifest, Verified, () => loaded.Value.Diffusion, pictures, pulse.Stop);
        using var rewards = new ManifestRewards(taught, pathOf, pulse, texts => loaded.Value.OrOther(ModelPath.Find(texts, folder.Root)));
        var epoch = rewards.Judged();
        pulse.Say(
            $"training with {manifest.Algorithm} on {Counted(epoch, manifest)} of {epoch.Trajectories.Count} groups"
                + (manifest.Held is { } held ? $", {held.Count} of them held as they are" : "") + $", manifest {manifest.Hash()[..12]}");
        epoch = replayed.Count == 0 ? epoch : Behind(epoch, replayed);
        var algorithm = AlgorithmInfo.Find(manifest.Algorithm) is { } known
            ? Algorithm.Find(known.Name)
            : throw new EngineException($"the project's algorithm '{manifest.Algorithm}' is unknown; choose another in its settings");
        var learned = manifest.Reward is not null || manifest.Teacher is { VotesWeight: 0 };
        var options = algorithm.OfProject(manifest.Training, learned);
        var part = PartOf(manifest);
        var tracker = options is PolicyGradientOptions { Baseline: Baseline.Prompt } prompt
            ? rewards.Statistics(pulse.Ask(() => cycle.Before(job, manifest)), prompt) : null;
        var greedy = options is PolicyGradientOptions { Baseline: Baseline.Greedy }
            ? rewards.Greedy(() => loaded.Value, epoch.Trajectories, part.From) : null;
        var result = worker.Ranks == 1
            ? algorithm.Run(
                new EpochRun(loaded.Value.Diffusion, epoch, part, place, pulse.Stop) { Tracker = tracker, Greedy = greedy }, options)
            : new RankedTraining(worker.Ranks, pulse, Report).Run(new()
            {
                Model = model,
                Compute = compute,
                Devices = worker.Devices,
                Algorithm = algorithm.Info.Name,
                Training = manifest.Training,
                LearnedReward = learned,
                Trajectories = epoch.Trajectories,
                Prompts = epoch.Prompts,
                Rewards = epoch.Rewards,
                Preferences = epoch.Preferences,
                Verdicts = epoch.Verdicts,
                Replayed = epoch.Replayed,
                From = part.From,
                OptimizerFrom = part.OptimizerFrom,
                Remembered = tracker?.Remembered(),
                Greedy = greedy?.Invoke(),
                Output = place.Output,
                Manifest = manifest.Hash(),
                Parent = manifest.Reference,
                CheckpointSeconds = worker.CheckpointEvery.TotalSeconds,
            });
        Measure((result as D3poResult)?.Timesteps ?? []);
        var weights = files.PutFile(result.Weights).GetAwaiter().GetResult();
        var optimizer = files.PutFile(Path.Combine(result.Checkpoint, "optimizer.safetensors")).GetAwaiter().GetResult();
        pulse.End(() => cycle.Complete(job, manifest.Training.Adapter, weights, optimizer));
        Directory.Delete(place.Output, recursive: true);
        if (Directory.Exists(pictures))
        {
            Directory.Delete(pictures, recursive: true);
        }
        pulse.Say("trained");
    }

    private static string Counted(JudgedEpoch epoch, Manifest manifest) =>
        manifest.Teacher is { } teacher ? $"{epoch.Rewarded.Count} images scored by {teacher.Name}" :
        AlgorithmInfo.Find(manifest.Algorithm)?.LearnsFrom == LearnsFrom.Verdicts ? $"{epoch.Verdicts.Count} images judged alone"
        : $"{epoch.Preferences.Count} pairs";

    private string Verified(string hash) => files.Verified(hash, pulse.Stop);

    private JudgedEpoch Behind(JudgedEpoch epoch, IReadOnlyList<Manifest> replayed)
    {
        var all = JudgedEpoch.Of(epoch, [.. replayed.Select(earlier => ManifestEpoch.Of(earlier, Verified))]);
        pulse.Say($"learning again from {all.Preferences.Count - epoch.Preferences.Count} pairs of {all.Replayed} groups of "
            + $"{replayed.Count} earlier epochs");
        return all;
    }

    // Votes set aside between two attempts change what is replayed: the second begins anew.
    private static string Mark(IReadOnlyList<Manifest> replayed) => replayed.Count == 0 ? ""
        : $"-{ContentHash.Of([.. replayed.SelectMany(earlier => earlier.ToBytes())])[..16]}";

    private RunOptions PlaceOf(Manifest manifest, ComputeSettings compute, IReadOnlyList<Manifest> replayed) => new()
    {
        Output = Path.Combine(folder.Checkpoints,
            $"epoch-{job.EpochId}-{manifest.Hash()[..16]}{Mark(replayed)}-{TrainingLoop.Format}{ComputePlace.Mark(compute)}"),
        MicroBatch = compute.MicroBatch,
        Recompute = compute.Recompute,
        Manifest = manifest.Hash(),
        Parent = manifest.Reference,
        CheckpointEvery = worker.CheckpointEvery,
        Report = pulse.Say,
        Progress = progress => Report(progress.Metrics),
        Saving = pulse.Write,
        Saved = pulse.Advanced,
    };

    private TrainedPart PartOf(Manifest manifest)
    {
        var from = manifest.Reference is { } reference ? Verified(reference) : null;
        var optimizer = manifest.Optimizer is { } moments ? Verified(moments) : null;
        return TrainingOrder.PartOf(manifest.Training, from, optimizer);
    }

    // Of the last pass, as a figure of a step is kept once.
    private void Measure(IReadOnlyList<TimestepMetrics> timesteps)
    {
        foreach (var at in timesteps.Where(one => one.Epoch == timesteps[^1].Epoch))
        {
            foreach (var (name, value) in new[] { ("dead", at.Dead), ("accuracy", at.Accuracy), ("margin", at.Margin), ("kl", at.Kl) })
            {
                pulse.Measure(at.SamplingStep, JobMetric.OfTimestep + name, value);
            }
        }
    }

    private void Report(TrainingMetrics metrics)
    {
        pulse.Report((double)metrics.Step / metrics.Steps, $"step {metrics.Step} of {metrics.Steps}", metrics.SecondsLeft);
        foreach (var (name, value) in metrics.Figures)
        {
            pulse.Measure(metrics.Step, name, value);
        }

        JobInstruments.Stepped(job.Kind);
        pulse.Measure(metrics.Step, "gradient_norm", metrics.GradientNorm);
        pulse.Measure(metrics.Step, "images_per_second", metrics.ImagesPerSecond);
    }
}
