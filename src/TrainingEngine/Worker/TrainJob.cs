using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Trains on an epoch's frozen manifest. Work in progress lies in the data folder's checkpoints; a job that was stopped or
/// whose worker died goes on from there and ends with the same weights.
/// </summary>
internal sealed class TrainJob(EpochCycle cycle, FileStore files, DataFolder folder, TimeSpan checkpointEvery, Job job, JobReporter pulse)
{
    public void Run(WorkerModel model)
    {
        var manifest = pulse.Ask(() => cycle.StartTraining(job));
        pulse.Report(0, "checking the files", null);
        using var rewards = new ManifestRewards(manifest, Verified, pulse);
        var epoch = rewards.Judged();
        var place = PlaceOf(manifest);
        pulse.Say(
            $"training with {manifest.Algorithm} on {Counted(epoch, manifest)} of {epoch.Trajectories.Count} groups, manifest "
                + $"{manifest.Hash()[..12]}");
        var algorithm = AlgorithmInfo.Find(manifest.Algorithm) is { } known
            ? Algorithm.Find(known.Name)
            : throw new EngineException($"the project's algorithm '{manifest.Algorithm}' is unknown; choose another in its settings");
        var options = algorithm.OfProject(manifest.Training, learnedReward: manifest.Reward is not null);
        var part = PartOf(manifest);
        var result = algorithm.Run(new EpochRun(model.Diffusion, epoch, part, place, pulse.Stop)
        {
            Tracker = options is PolicyGradientOptions { Baseline: Baseline.Prompt } prompt
                ? rewards.Statistics(pulse.Ask(() => cycle.Before(job, manifest)), prompt) : null,
            Greedy = rewards.Greedy(model, epoch.Trajectories, part.From),
        }, options);
        var weights = files.PutFile(result.Weights).GetAwaiter().GetResult();
        var optimizer = files.PutFile(Path.Combine(result.Checkpoint, "optimizer.safetensors")).GetAwaiter().GetResult();
        pulse.End(() => cycle.Complete(job, manifest.Training.Adapter, weights, optimizer));
        Directory.Delete(place.Output, recursive: true);
        pulse.Say("trained");
    }

    private static string Counted(JudgedEpoch epoch, Manifest manifest) =>
        AlgorithmInfo.Find(manifest.Algorithm)?.LearnsFrom == LearnsFrom.Verdicts ? $"{epoch.Verdicts.Count} images judged alone"
        : $"{epoch.Preferences.Count} pairs";

    private string Verified(string hash) => files.Verified(hash, pulse.Stop);

    private RunOptions PlaceOf(Manifest manifest) => new()
    {
        Output = Path.Combine(folder.Checkpoints, $"epoch-{job.EpochId}-{manifest.Hash()[..16]}-{TrainingLoop.Format}"),
        Manifest = manifest.Hash(),
        Parent = manifest.Reference,
        CheckpointEvery = checkpointEvery,
        Report = pulse.Say,
        Progress = Report,
        Saving = pulse.Write,
        Saved = pulse.Advanced,
    };

    private TrainedPart PartOf(Manifest manifest)
    {
        var from = manifest.Reference is { } reference ? Verified(reference) : null;
        return manifest.Training.Adapter == AdapterKind.Full
            ? new TrainedPart.WholeUNet { From = from }
            : new TrainedPart.Adapter(
                manifest.Training.AllLayers ? LoraTargets.AllLinear | LoraTargets.Convolutions
                    : LoraTargets.Attention, manifest.Training.Rank)
            { From = from };
    }

    private void Report(TrainingProgress progress)
    {
        var metrics = progress.Metrics;
        pulse.Report((double)metrics.Step / metrics.Steps, $"step {metrics.Step} of {metrics.Steps}", metrics.SecondsLeft);
        foreach (var (name, value) in metrics.Figures)
        {
            pulse.Measure(metrics.Step, name, value);
        }

        pulse.Measure(metrics.Step, "gradient_norm", metrics.GradientNorm);
        pulse.Measure(metrics.Step, "images_per_second", metrics.ImagesPerSecond);
    }
}
