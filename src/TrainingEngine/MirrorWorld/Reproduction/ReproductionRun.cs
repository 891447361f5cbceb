using System.Diagnostics;
using Labeler.Shared.Images;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.MirrorWorld.Reproduction;

/// <summary>
/// Repeats one of D3PO's experiments on the bundled model with simulated annotators: sample, judge, learn, measure, epoch
/// after epoch, through the same code as an application's epochs.
/// </summary>
/// <param name="modelFolder">The bundled model.</param>
/// <param name="options">What is repeated.</param>
/// <param name="folder">Gets <c>results.csv</c>, <c>curve.png</c>, <c>epoch-N.png</c> and each epoch's samples and checkpoints.</param>
/// <param name="output">Gets the table.</param>
public sealed class ReproductionRun(string modelFolder, ReproductionOptions options, string folder, TextWriter output)
{
    private const int SheetColumns = 10;
    private const int SheetImages = 50;
    private readonly List<EpochRow> rows = [];
    private double[] baseColour = [];

    /// <exception cref="EngineException">An option is impossible, or the folder is not empty.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the rows so far are in the CSV file.</exception>
    public IReadOnlyList<EpochRow> Run(CancellationToken stop)
    {
        options.Check();
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new EngineException($"{folder} holds other files; choose a new folder");
        }

        Directory.CreateDirectory(folder);
        output.WriteLine($"{options.Experiment.Name}: share of {options.Experiment.Good} among {options.Images} evaluation images");
        output.WriteLine(EpochRow.TableHeader);
        Measure(0, null, 0, 0, stop);
        string? policy = null;
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            var clock = Stopwatch.StartNew();
            SampleFolder samples = Sample(epoch, policy, stop);
            double sampled = clock.Elapsed.TotalSeconds;
            IReadOnlyList<Preference> preferences = Annotation.Judge(samples, options, epoch);
            clock.Restart();
            // Where all verdicts agree there is nothing to learn, and the policy stays.
            policy = preferences.Count > 0 ? Learn(epoch, policy, samples, preferences, stop) : policy;
            Measure(epoch, policy, sampled, clock.Elapsed.TotalSeconds, stop);
        }

        return rows;
    }

    private string FolderOf(int epoch) => Path.Combine(folder, $"epoch-{epoch}");

    private SampleFolder Sample(int epoch, string? policy, CancellationToken stop)
    {
        StableDiffusion model = StableDiffusion.Load(modelFolder);
        using ModelPatch? patch = policy is null ? null : new ModelPatch(model.Unet, policy);
        var sampling = new SamplingOptions { Steps = options.Steps, Guidance = options.Guidance, GroupSize = ReproductionOptions.GroupSize };
        var sampler = new Sampler(model, NoiseSchedule.Load(Path.Combine(modelFolder, "scheduler")), sampling);
        var hashes = TrajectoryHashes.Of(modelFolder, policy);
        SampleFolder samples = SampleFolder.Begin(Path.Combine(FolderOf(epoch), "samples"), new SampleManifest
        {
            ModelHash = hashes.Model,
            AdapterHash = hashes.Patch,
            Prompts = [.. Enumerable.Range(0, options.Groups).Select(options.Experiment.Prompt)],
            Seed = Seeds.At((ulong)options.Seed, (ulong)epoch),
            GroupSize = sampling.GroupSize,
            Steps = sampling.Steps,
            Eta = sampling.Eta,
            Guidance = sampling.Guidance,
            Negative = sampling.Negative,
            Width = sampler.Width,
            Height = sampler.Height,
            Precision = "float32",
            Storage = "float32",
            KeepMeans = sampling.KeepMeans,
            ImagesAtOnce = sampling.ImagesAtOnce,
        });
        using Workers workers = Workers();
        new GroupSampler(model, sampler, hashes.Model, hashes.Patch).Fill(samples, workers, stop);
        return samples;
    }

    private string Learn(int epoch, string? policy, SampleFolder samples, IReadOnlyList<Preference> preferences, CancellationToken stop)
    {
        var run = new D3poRun
        {
            Trajectories = [.. Enumerable.Range(0, samples.Groups).Select(samples.TrajectoryOf)],
            Preferences = preferences,
            Options = options.D3po with { Seed = options.Seed + epoch },
            Trained = options.Trained with { From = policy },
            Output = Path.Combine(FolderOf(epoch), "training"),
            Workers = Environment.ProcessorCount,
            Threads = 1,
        };
        return D3poTraining.Run(StableDiffusion.Load(modelFolder), run, cancellation: stop).Weights;
    }

    private void Measure(int epoch, string? policy, double sampleSeconds, double trainSeconds, CancellationToken stop)
    {
        StableDiffusion model = StableDiffusion.Load(modelFolder);
        using ModelPatch? patch = policy is null ? null : new ModelPatch(model.Unet, policy);
        using Workers workers = Workers();
        string[] prompts = [.. Enumerable.Range(0, options.Images).Select(options.Experiment.Prompt)];
        IReadOnlyList<Picture> pictures = EvaluationImages.Sample(model, prompts, options.Steps, options.Guidance, workers, stop);
        Judgement[] seen = [.. pictures.Select(picture => Oracle.Judge(picture, options.Experiment.Family))];
        double[] colour = Diversity.MeanColour(pictures);
        baseColour = epoch == 0 ? colour : baseColour;
        rows.Add(new EpochRow(
            epoch,
            Proportion.Wilson(seen.Count(one => one.IsGood), seen.Length),
            seen.Count(one => !one.Readable) / (double)seen.Length,
            options.Experiment.Family == SceneFamily.Mirror ? seen.Average(one => one.Score) : null,
            Diversity.Of(pictures),
            Math.Sqrt(colour.Zip(baseColour, (now, before) => (now - before) * (now - before)).Sum()),
            sampleSeconds,
            trainSeconds));
        output.WriteLine(rows[^1].ToText(epoch * options.Groups * ReproductionOptions.GroupSize));
        File.WriteAllLines(Path.Combine(folder, "results.csv"), rows.Select(row => row.ToCsv()).Prepend(EpochRow.CsvHeader));
        File.WriteAllBytes(Path.Combine(folder, "curve.png"), RateCurve.Draw(options.Experiment.Good, rows).ToPng());
        File.WriteAllBytes(Path.Combine(folder, $"epoch-{epoch}.png"), Sheet(pictures, seen).ToPng());
    }

    private static Workers Workers() => new(Environment.ProcessorCount, 1);

    private static Picture Sheet(IReadOnlyList<Picture> pictures, Judgement[] seen) => new ContactSheet(SheetColumns, CaptionHeight: 14).Draw(
        [.. pictures.Take(SheetImages).Select((picture, image) => new ContactSheet.Cell(picture, seen[image].ToText()))]);
}
