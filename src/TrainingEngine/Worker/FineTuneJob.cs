using System.Globalization;
using Labeler.Shared.Data;
using Labeler.Shared.Files;
using Labeler.Shared.Images;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Supervised fine-tuning on a project's curated photos, one adapter a label, handed in at every evaluation and in the end. Each label's
/// run has a folder of its own, from which it goes on; labels whose last adapters were handed in are not trained again.
/// </summary>
internal sealed class FineTuneJob(FineTuning tuning, JobQueue queue, FileStore files, DataFolder folder, Job job, JobReporter pulse)
{
    private const int Columns = 4;
    private static readonly (SheetSeeds Seeds, string Name)[] Sheets = [(SheetSeeds.Fixed, "fixed"), (SheetSeeds.Random, "random")];

    public void Run(WorkerModel model)
    {
        var (manifest, open) = pulse.Ask(() => tuning.Start(job));
        var labels = job.Read<FineTuneOrder>().Labels.Count;
        foreach (var label in open)
        {
            Learn(model, manifest, label, labels - open.Count + open.TakeWhile(other => other != label).Count(), labels);
        }
        pulse.End(async () =>
        {
            if (!await queue.Succeed(job))
            {
                throw new JobLostException(job);
            }
        });
        pulse.Say("fine-tuned");
    }

    private void Learn(WorkerModel model, FineTuneManifest manifest, string label, int before, int labels)
    {
        var images = manifest.Photos.Where(photo => photo.Label == label).Select(photo => new CaptionedImage(files.PathOf(photo.ContentHash), photo.Caption, label)).ToArray();
        pulse.Say($"{label}: fine-tuning on {images.Length} photos");
        var output = Path.Combine(folder.Checkpoints, string.Create(CultureInfo.InvariantCulture, $"photos-{job.Id}-{before}"));
        var place = new RunOptions
        {
            Output = output,
            Manifest = job.Read<FineTuneOrder>().Manifest,
            CheckpointEvery = TimeSpan.FromSeconds(15),
            Report = line => pulse.Say($"{label}: {line}"),
            Progress = progress => Report(progress, label, before, labels, manifest.Options, output),
        };
        var result = SupervisedTraining.Run(model.Diffusion, images, OptionsOf(manifest.Options), new TrainedPart.Adapter(Rank: manifest.Options.Rank), place, pulse.Stop);
        KeepEvaluations(label, manifest.Options, output);
        var weights = files.PutFile(result.Weights).GetAwaiter().GetResult();
        pulse.Ask(() => tuning.Keep(job, label, manifest.Options.Steps, weights, new Dictionary<SheetSeeds, string>()));
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
            KeepEvaluations(label, options, output);
        }
    }

    /// <summary>Hands in what every finished evaluation left, its adapter and its pictures on sheets; a folder that was handed in goes.</summary>
    private void KeepEvaluations(string label, FineTuneOptions options, string output)
    {
        foreach (var evaluation in AtomicFolder.Complete(Path.Combine(output, "evaluation")))
        {
            var adapter = Path.Combine(evaluation, SupervisedEvaluation.AdapterFolder, LoraFile.DiffusersName);
            var sheets = Sheets.ToDictionary(sheet => sheet.Seeds, sheet => Directory.GetFiles(evaluation, $"{sheet.Name}-*.png").Order(StringComparer.Ordinal).ToArray());
            if (!File.Exists(adapter) || sheets.Values.Any(pictures => pictures.Length < options.EvaluationImages))
            {
                continue;
            }
            var step = int.Parse(Path.GetFileName(evaluation)["step-".Length..], CultureInfo.InvariantCulture);
            var weights = files.PutFile(adapter).GetAwaiter().GetResult();
            var kept = sheets.ToDictionary(sheet => sheet.Key, sheet => files.Put(Draw(sheet.Value)).GetAwaiter().GetResult());
            pulse.Ask(() => tuning.Keep(job, label, step, weights, kept));
            Directory.Delete(evaluation, recursive: true);
        }
    }

    private static byte[] Draw(IEnumerable<string> pictures) =>
        new ContactSheet(Columns).Draw([.. pictures.Select(file => new ContactSheet.Cell(Picture.Decode(File.ReadAllBytes(file))))]).ToPng();
}
