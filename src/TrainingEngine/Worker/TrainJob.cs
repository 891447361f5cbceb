using System.Globalization;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Rewards.Learned;
using Labeler.TrainingEngine.Training;

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
        var epoch = Judged(manifest);
        var place = PlaceOf(manifest);
        pulse.Say($"training with {manifest.Algorithm} on {epoch.Preferences.Count} pairs of {epoch.Trajectories.Count} groups, manifest {manifest.Hash()[..12]}");
        var result = manifest.Algorithm == "d3po" ? D3po(model, manifest, epoch, place) : OtherAlgorithms.Run(model.Diffusion, manifest, epoch, PartOf(manifest), place, pulse.Stop);
        var weights = files.PutFile(result.Weights).GetAwaiter().GetResult();
        var optimizer = files.PutFile(Path.Combine(result.Checkpoint, "optimizer.safetensors")).GetAwaiter().GetResult();
        pulse.End(() => cycle.Complete(job, manifest.Training.Adapter, weights, optimizer));
        Directory.Delete(place.Output, recursive: true);
        pulse.Say("trained");
    }

    private JudgedEpoch Judged(Manifest manifest)
    {
        if (manifest.Reward is not { } hash)
        {
            return JudgedEpoch.Of(manifest, files.PathOf);
        }
        using var reward = RewardModel.Load(files.PathOf(hash));
        pulse.Say(reward.Name);
        return JudgedEpoch.Of(manifest, files.PathOf, reward, pulse.Say, pulse.Stop);
    }

    private TrainingResult D3po(WorkerModel model, Manifest manifest, JudgedEpoch epoch, RunOptions place)
    {
        var run = new D3poRun
        {
            Trajectories = epoch.Trajectories,
            Preferences = epoch.Preferences,
            Options = OptionsOf(manifest.Training),
            Trained = PartOf(manifest),
            Place = place,
        };
        var result = D3poTraining.Run(model.Diffusion, run, Report, pulse.Stop);
        foreach (var timestep in result.Timesteps)
            pulse.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"timestep {timestep.Timestep}: margin {timestep.Margin:0.0000}, pairs right {timestep.Accuracy:P0}, dead {timestep.Dead:P0}, KL {timestep.Kl:0.000}"));
        return new(result.Checkpoint, result.Weights);
    }

    private RunOptions PlaceOf(Manifest manifest) => new()
    {
        Output = Path.Combine(folder.Checkpoints, $"epoch-{job.EpochId}-{manifest.Hash()[..16]}"),
        Manifest = manifest.Hash(),
        Parent = manifest.Reference,
        CheckpointEvery = checkpointEvery,
        Report = pulse.Say,
        Progress = Report,
    };

    private TrainedPart PartOf(Manifest manifest)
    {
        var from = manifest.Reference is { } reference ? files.PathOf(reference) : null;
        return manifest.Training.Adapter == AdapterKind.Full
            ? new TrainedPart.WholeUNet { From = from }
            : new TrainedPart.Adapter(manifest.Training.AllLayers ? LoraTargets.AllLinear | LoraTargets.Convolutions : LoraTargets.Attention, manifest.Training.Rank) { From = from };
    }

    private static D3poOptions OptionsOf(Labeler.Shared.Projects.TrainingOptions options) => new()
    {
        Mode = options.Loop == TrainingLoop.Official ? D3poMode.Official : D3poMode.Grouped,
        Beta = options.Beta,
        Epsilon = options.Clamp,
        OneSidedClamp = options.OneSidedClamp,
        LearningRate = options.LearningRate,
        WeightDecay = options.WeightDecay,
        MaxGradientNorm = options.MaxGradientNorm,
        InnerEpochs = options.Passes,
        FirstStep = options.FirstStep,
        LastStep = options.LastStep ?? -1,
        KlToPrevious = options.KlWeight,
        KlToBase = options.BaseKlWeight,
        ImagesPerStep = options.ImagesPerStep,
        Seed = (int)(options.Seed & int.MaxValue),
    };

    private void Report(D3poProgress progress)
    {
        pulse.Report((double)progress.Step / progress.Steps, $"step {progress.Step} of {progress.Steps}", progress.Metrics.SecondsLeft);
        foreach (var (name, value) in new[]
        {
            ("loss", progress.Metrics.Loss), ("dead", progress.Metrics.Dead), ("margin", progress.Metrics.Margin), ("accuracy", progress.Metrics.Accuracy),
            ("kl", progress.Metrics.Kl), ("gradient_norm", progress.Metrics.GradientNorm), ("images_per_second", progress.Metrics.ImagesPerSecond),
        })
            pulse.Measure(progress.Step, name, value);
    }

    private void Report(TrainingProgress progress)
    {
        var metrics = progress.Metrics;
        pulse.Report((double)metrics.Step / metrics.Steps, $"step {metrics.Step} of {metrics.Steps}", metrics.SecondsLeft);
        foreach (var (name, value) in metrics.Figures)
            pulse.Measure(metrics.Step, name, value);
        pulse.Measure(metrics.Step, "gradient_norm", metrics.GradientNorm);
        pulse.Measure(metrics.Step, "images_per_second", metrics.ImagesPerSecond);
    }
}
