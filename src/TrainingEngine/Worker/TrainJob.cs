using System.Globalization;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Files;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Trains on an epoch's frozen manifest. Work in progress lies in the data folder's checkpoints; a job that was stopped or
/// whose worker died goes on from there and ends with the same weights.
/// </summary>
internal sealed class TrainJob(EpochCycle cycle, FileStore files, DataFolder folder, Job job, JobPulse pulse)
{
    public void Run(WorkerModel model)
    {
        var manifest = cycle.StartTraining(job).GetAwaiter().GetResult();
        var run = RunOf(manifest, files.PathOf);
        pulse.Say($"training on {run.Preferences.Count} pairs of {run.Trajectories.Count} groups, manifest {manifest.Hash()[..12]}");
        var result = D3poTraining.Run(model.Diffusion, run, Report, pulse.Stop);
        foreach (var timestep in result.Timesteps)
            pulse.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"timestep {timestep.Timestep}: margin {timestep.Margin:0.0000}, pairs right {timestep.Accuracy:P0}, dead {timestep.Dead:P0}, KL {timestep.Kl:0.000}"));
        var weights = files.PutFile(result.Weights).GetAwaiter().GetResult();
        var optimizer = files.PutFile(Path.Combine(result.Checkpoint, "optimizer.safetensors")).GetAwaiter().GetResult();
        cycle.Complete(job, manifest.Training.Adapter, weights, optimizer).GetAwaiter().GetResult();
        Directory.Delete(run.Output, recursive: true);
        pulse.Say("trained");
    }

    private D3poRun RunOf(Manifest manifest, Func<string, string> pathOf)
    {
        var groups = manifest.Groups.Where(group => group.Trajectory is not null && group.Preferences.Count > 0).ToList();
        var from = manifest.Reference is { } reference ? pathOf(reference) : null;
        return new D3poRun
        {
            Trajectories = [.. groups.Select(group => pathOf(group.Trajectory!))],
            Preferences = [.. groups.SelectMany((group, n) => group.Preferences.Select(pair => new Preference(n, pair.Winner, pair.Loser, pair.Weight)))],
            Options = OptionsOf(manifest.Training),
            Trained = manifest.Training.Adapter == AdapterKind.Full
                ? new TrainedPart.WholeUNet { From = from }
                : new TrainedPart.Adapter(manifest.Training.AllLayers ? LoraTargets.AllLinear | LoraTargets.Convolutions : LoraTargets.Attention, manifest.Training.Rank) { From = from },
            Output = Path.Combine(folder.Checkpoints, $"epoch-{job.EpochId}-{manifest.Hash()[..16]}"),
            Manifest = manifest.Hash(),
            Parent = manifest.Reference,
            CheckpointEvery = TimeSpan.FromSeconds(15),
            Report = pulse.Say,
        };
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
}
