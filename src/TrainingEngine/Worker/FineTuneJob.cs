using System.Globalization;
using Labeler.Shared.Data;
using Labeler.Shared.Files;
using Labeler.Shared.Images;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Supervised fine-tuning on a project's curated photos, one adapter a label. Each label's run has a folder of its own, from which it goes on;
/// labels whose adapters were handed in are not trained again.
/// </summary>
internal sealed class FineTuneJob(FineTuning tuning, JobQueue queue, FileStore files, DataFolder folder, Job job, JobPulse pulse)
{
    private const int Columns = 4;

    public void Run(WorkerModel model)
    {
        var (manifest, open) = pulse.Ask(() => tuning.Start(job));
        var labels = job.Read<FineTuneOrder>().Labels.Count;
        foreach (var label in open)
        {
            Learn(model, manifest, label, labels - open.Count + open.TakeWhile(other => other != label).Count(), labels);
        }
        if (!pulse.Ask(() => queue.Succeed(job)))
        {
            throw new JobLostException(job);
        }
        pulse.Say("fine-tuned");
    }

    private void Learn(WorkerModel model, FineTuneManifest manifest, string label, int before, int labels)
    {
        var images = manifest.Photos.Where(photo => photo.Label == label).Select(photo => new CaptionedImage(files.PathOf(photo.ContentHash), photo.Caption, label)).ToArray();
        pulse.Say($"{label}: fine-tuning on {images.Length} photos");
        var output = Path.Combine(folder.Checkpoints, string.Create(CultureInfo.InvariantCulture, $"photos-{job.Id}-{before}"));
        var place = new TrainingPlace
        {
            Output = output,
            Manifest = job.Read<FineTuneOrder>().Manifest,
            CheckpointEvery = TimeSpan.FromSeconds(15),
            Report = line => pulse.Say($"{label}: {line}"),
            Progress = progress => Report(progress, label, before, labels, manifest.Options, output),
        };
        var result = SupervisedTraining.Run(model.Diffusion, images, OptionsOf(manifest.Options), new TrainedPart.Adapter(Rank: manifest.Options.Rank), place, pulse.Stop);
        KeepSheets(label, manifest.Options, output);
        var weights = files.PutFile(result.Weights).GetAwaiter().GetResult();
        pulse.Ask(() => tuning.Complete(job, label, weights));
        Directory.Delete(output, recursive: true);
    }

    private static SupervisedOptions OptionsOf(FineTuneOptions options) => new()
    {
        Steps = options.Steps,
        LearningRate = options.LearningRate,
        WarmUpSteps = options.WarmUpSteps,
        ImagesPerStep = options.ImagesPerStep,
        EvaluateEvery = options.EvaluateEvery,
        EvaluationImages = options.EvaluationImages,
        Seed = options.Seed,
    };

    private void Report(TrainingProgress progress, string label, int before, int labels, FineTuneOptions options, string output)
    {
        var metrics = progress.Metrics;
        pulse.Report((before + ((double)metrics.Step / metrics.Steps)) / labels, $"{label}, step {metrics.Step} of {metrics.Steps}", metrics.SecondsLeft);
        // Labels follow each other on one axis.
        var step = (before * options.Steps) + metrics.Step;
        pulse.Measure(step, "loss", metrics.Figures["loss"]);
        pulse.Measure(step, "gradient_norm", metrics.GradientNorm);
        if (options.EvaluateEvery > 0 && metrics.Step % options.EvaluateEvery == 0)
        {
            KeepSheets(label, options, output);
        }
    }

    /// <summary>Puts the pictures of every finished evaluation on sheets.</summary>
    private void KeepSheets(string label, FineTuneOptions options, string output)
    {
        var evaluation = Path.Combine(output, "evaluation");
        foreach (var folder in Directory.Exists(evaluation) ? Directory.GetDirectories(evaluation, "step-*").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            var step = int.Parse(Path.GetFileName(folder)["step-".Length..], CultureInfo.InvariantCulture);
            foreach (var (seeds, kind) in new[] { (SheetSeeds.Fixed, "fixed"), (SheetSeeds.Random, "random") })
            {
                var pictures = Directory.GetFiles(folder, $"{kind}-*.png").Order(StringComparer.Ordinal).ToArray();
                if (pictures.Length == options.EvaluationImages)
                {
                    var sheet = new ContactSheet(Columns).Draw([.. pictures.Select(file => new ContactSheet.Cell(Picture.Decode(File.ReadAllBytes(file))))]);
                    var hash = files.Put(sheet.ToPng()).GetAwaiter().GetResult();
                    pulse.Ask(() => tuning.Keep(job, label, step, seeds, hash));
                }
            }
        }
    }
}
