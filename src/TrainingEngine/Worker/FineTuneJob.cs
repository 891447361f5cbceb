using System.Globalization;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
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
internal sealed class FineTuneJob(FineTuning tuning, JobQueue queue, FileStore files, DataFolder folder, LoadedModel models) : IJobHandler
{
    private const int Columns = 4;
    private static readonly (SheetSeeds Seeds, string Name)[] Sheets = [(SheetSeeds.Fixed, "fixed"), (SheetSeeds.Random, "random")];

    public JobKind Kind => JobKind.FineTune;

    public void Run(Job job, JobReporter reporter)
    {
        var compute = models.SettingsOf(job).Compute;
        var model = models.OfProject(job, reporter);
        var (manifest, open) = reporter.Ask(() => tuning.Start(job));
        var labels = job.Read<FineTuneOrder>().Labels.Count;
        foreach (var (label, number) in open.Select((label, number) => (label, labels - open.Count + number)))
        {
            var output = Path.Combine(folder.Checkpoints,
                string.Create(CultureInfo.InvariantCulture, $"photos-{job.Id}-{number}{ComputePlace.Mark(compute)}"));
            Learn(model, compute, new(job, reporter, manifest, label, number, labels, output));
        }
        reporter.End(async () =>
        {
            if (!await queue.Succeed(job))
            {
                throw new JobLostException(job);
            }
        });
        reporter.Say("fine-tuned");
    }

    /// <param name="Number">Labels before it.</param>
    /// <param name="Output">The folder of its run.</param>
    private sealed record LabelRun(Job Job, JobReporter Reporter, FineTuneManifest Manifest, string Label, int Number, int Labels,
        string Output);

    private void Learn(WorkerModel model, ComputeSettings compute, LabelRun run)
    {
        var (job, reporter, manifest, label, _, _, output) = run;
        CaptionedImage[] images = [.. manifest.Photos.Where(photo => photo.Label == label)
            .Select(photo => new CaptionedImage(files.Verified(photo.ContentHash, reporter.Stop), photo.Caption, label))];
        reporter.Say($"{label}: fine-tuning on {images.Length} photos");
        var place = new RunOptions
        {
            Output = output,
            MicroBatch = compute.MicroBatch,
            Recompute = compute.Recompute,
            Manifest = job.Read<FineTuneOrder>().Manifest,
            CheckpointEvery = TimeSpan.FromSeconds(15),
            Report = line => reporter.Say($"{label}: {line}"),
            Progress = progress => Report(progress.Metrics, run),
            Saving = reporter.Write,
            Saved = reporter.Advanced,
        };
        var trained = new TrainedPart.Adapter(Rank: manifest.Options.Rank);
        var result = SupervisedTraining.Run(model.Diffusion, images, OptionsOf(manifest.Options), trained, place, reporter.Stop);
        KeepEvaluations(run);
        var weights = files.PutFile(result.Weights).GetAwaiter().GetResult();
        reporter.Ask(() => tuning.Keep(job, label, manifest.Options.Steps, weights, new Dictionary<SheetSeeds, string>()));
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

    private void Report(TrainingMetrics metrics, LabelRun run)
    {
        var (options, done) = (run.Manifest.Options, (run.Number + ((double)metrics.Step / metrics.Steps)) / run.Labels);
        run.Reporter.Report(done, $"{run.Label}, step {metrics.Step} of {metrics.Steps}", metrics.SecondsLeft);
        // Labels follow each other on one axis.
        var step = (run.Number * options.Steps) + metrics.Step;
        JobInstruments.Stepped(run.Job.Kind);
        run.Reporter.Measure(step, "loss", metrics.Figures["loss"]);
        run.Reporter.Measure(step, "gradient_norm", metrics.GradientNorm);
        run.Reporter.Measure(step, "images_per_second", metrics.ImagesPerSecond);
        if (options.EvaluateEvery > 0 && metrics.Step % options.EvaluateEvery == 0)
        {
            KeepEvaluations(run);
        }
    }

    /// <summary>Hands in what every finished evaluation left, its adapter and its pictures on sheets; a folder that was handed in
    /// goes.</summary>
    private void KeepEvaluations(LabelRun run)
    {
        foreach (var evaluation in AtomicFolder.Complete(Path.Combine(run.Output, "evaluation")))
        {
            var adapter = Path.Combine(evaluation, SupervisedEvaluation.AdapterFolder, LoraFile.DiffusersName);
            var sheets = Sheets.ToDictionary(
                sheet => sheet.Seeds, sheet =>
                    Directory.GetFiles(evaluation, $"{sheet.Name}-*.png").Order(StringComparer.Ordinal).ToArray());
            if (!File.Exists(adapter) || sheets.Values.Any(pictures => pictures.Length < run.Manifest.Options.EvaluationImages))
            {
                continue;
            }
            var step = int.Parse(Path.GetFileName(evaluation)["step-".Length..], CultureInfo.InvariantCulture);
            var weights = files.PutFile(adapter).GetAwaiter().GetResult();
            var kept = sheets.ToDictionary(sheet => sheet.Key, sheet => files.Put(Draw(sheet.Value)).GetAwaiter().GetResult());
            run.Reporter.Ask(() => tuning.Keep(run.Job, run.Label, step, weights, kept));
            Directory.Delete(evaluation, recursive: true);
        }
    }

    private static byte[] Draw(IEnumerable<string> pictures) =>
        new ContactSheet(Columns).Draw([.. pictures.Select(file => new ContactSheet.Cell(Picture.Decode(File.ReadAllBytes(file))))])
            .ToPng();
}
