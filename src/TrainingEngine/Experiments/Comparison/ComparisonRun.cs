using System.Diagnostics;
using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Experiments.Comparison;

/// <summary>
/// Compares algorithms on one reward at equal numbers of images: sample, reward, learn, measure, epoch after epoch, for
/// each seed. Stopped and called again with the same folder it goes on after the last line of <c>results.csv</c>.
/// </summary>
/// <param name="modelFolder">The bundled model.</param>
/// <param name="options">What is compared.</param>
/// <param name="folder">Gets <c>results.csv</c>, <c>curve.png</c>, <c>training.png</c>, sheets and each run's policies.</param>
/// <param name="output">Gets a line for each measurement, and the table.</param>
public sealed class ComparisonRun(string modelFolder, ComparisonOptions options, string folder, TextWriter output)
{
    private const int SheetImages = 32, RowsAlongTraining = 3;
    private static readonly ContactSheet Sheets = new(Columns: 8, CaptionHeight: 14);
    private readonly IReward _reward = RewardName.Parse(options.Task.Reward);
    private readonly List<ComparisonRow> _rows = [];

    private string Results => Path.Combine(folder, "results.csv");

    /// <exception cref="EngineException">An option is impossible, or the folder was begun with other options.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the rows so far are in the CSV file.</exception>
    public IReadOnlyList<ComparisonPoint> Run(CancellationToken stop)
    {
        options.Check();
        Begin();
        output.WriteLine($"{options.Task.Name}: {_reward.Name}, mean of {options.EvaluationImages} evaluation images");
        for (int seed = 0; seed < options.Seeds; seed++)
        {
            foreach (string algorithm in options.Algorithms)
            {
                Compete(ComparedAlgorithm.Parse(algorithm), seed, stop);
            }
        }

        var points = ComparisonPoint.Of(_rows);
        output.Write(ComparisonTable.Write(points));
        return points;
    }

    private void Begin()
    {
        // More seeds, algorithms and epochs may be asked for later.
        RunDirectory.Of(folder,
            RunDirectory.Identity(modelFolder, options with { Seeds = 0, Algorithms = [], Epochs = 0 }, options.Trained));
        if (File.Exists(Results))
        {
            _rows.AddRange(File.ReadAllLines(Results).Skip(1).Select(ComparisonRow.Parse));
        }
    }

    private void Compete(ComparedAlgorithm competitor, int seed, CancellationToken stop)
    {
        string place = Path.Combine(folder, competitor.Name, $"seed-{seed}");
        var tracker = new PerPromptStatTracker();
        if (!Has(competitor, seed, 0))
        {
            // All start from the same model, which is measured once.
            ComparisonRow measured = _rows.FirstOrDefault(row => row.Epoch == 0)
                ?? Measurement.Of(null, SheetOf(competitor.Name, seed, 0), stop);
            Add(measured with { Algorithm = competitor.Name, Seed = seed });
        }

        string? policy = null;
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            string here = Path.Combine(place, $"epoch-{epoch}");
            string kept = Path.Combine(here, "policy.safetensors"), rewards = Path.Combine(here, "rewards.json");
            if (Has(competitor, seed, epoch))
            {
                if (File.Exists(kept))
                {
                    // The running statistics of the prompts go on as if nothing had been interrupted.
                    JudgedEpoch before = Rewarded(null, JsonSerializer.Deserialize<double[][]>(File.ReadAllBytes(rewards), Named)!);
                    tracker.Update([.. before.Rewarded.Select(image => before.Prompts[image.Group])],
                        [.. before.Rewarded.Select(image => image.Reward)]);
                    policy = kept;
                }
                continue;
            }

            var clock = Stopwatch.StartNew();
            SampleFolder samples = Sample(here, seed, epoch, policy, stop);
            JudgedEpoch images = Rewarded(samples, RewardedFolder.Read(samples, _reward, output.WriteLine, stop));
            AtomicFile.Write(rewards, JsonSerializer.SerializeToUtf8Bytes(images.Rewards, Named));
            double sampled = clock.Elapsed.TotalSeconds;
            clock.Restart();
            var run = new EpochRun(
                StableDiffusion.Load(modelFolder, dtype: options.Type), images, options.Trained with { From = policy },
                new RunOptions { Output = Path.Combine(here, "training"), Workers = 1, Threads = 1 }, stop)
            {
                Tracker = tracker,
                Greedy = () => Greedy(samples, policy, stop),
            };
            try
            {
                File.Copy(
                    competitor.Learn(run, options.D3po.ScaledTo(options.Steps) with { Seed = (seed * 1000) + epoch },
                        options.Task.Temperature), kept, overwrite: true);
                policy = kept;
            }
            catch (NothingToLearnException error)
            {
                output.WriteLine($"{competitor.Name}, seed {seed}, epoch {epoch}: {error.Message}; the policy stays");
            }
            double trained = clock.Elapsed.TotalSeconds;
            Add(Measurement.Of(policy, SheetOf(competitor.Name, seed, epoch), stop) with
            {
                Algorithm = competitor.Name,
                Seed = seed,
                Epoch = epoch,
                Images = epoch * options.Groups * ComparisonOptions.GroupSize,
                SampleSeconds = sampled,
                TrainSeconds = trained,
            });
            foreach (string done in new[] { "training", "samples" }.Select(name => Path.Combine(here, name)).Where(Directory.Exists))
            {
                Directory.Delete(done, recursive: true);
            }
        }
    }

    private ComparisonMeasurement Measurement => new(modelFolder, options, _reward, Sheets, SheetImages, output);

    private bool Has(ComparedAlgorithm competitor, int seed, int epoch) =>
        _rows.Any(row => row.Algorithm == competitor.Name && row.Seed == seed && row.Epoch == epoch);

    private JudgedEpoch Rewarded(SampleFolder? samples, IReadOnlyList<double[]> rewards) => samples is null
        ? new JudgedEpoch([], Prompts(), rewards)
        : JudgedEpoch.Of(samples, rewards);

    private string[] Prompts() =>
        [.. Enumerable.Range(0, options.Groups).Select(group => options.Task.Training[group % options.Task.Training.Count])];

    private SampleFolder Sample(string here, int seed, int epoch, string? policy, CancellationToken stop)
    {
        using var workers = new ComputeThreads(1, 1);
        return new EpochSamples(modelFolder, options.Steps, options.Guidance, ComparisonOptions.GroupSize)
            .Fill(Path.Combine(here, "samples"), policy, Prompts(), Seeds.At((ulong)seed, (ulong)epoch), workers, stop);
    }

    private IReadOnlyList<double> Greedy(SampleFolder samples, string? policy, CancellationToken stop)
    {
        StableDiffusion model = StableDiffusion.Load(modelFolder, dtype: options.Type);
        using ModelPatch? patch = policy is null ? null : new ModelPatch(model, policy);
        return GreedyRewards.Of(model, samples, _reward, output.WriteLine, stop);
    }

    private void Add(ComparisonRow row)
    {
        _rows.Add(row);
        AtomicFile.Write(Results,
            System.Text.Encoding.UTF8.GetBytes(
                string.Join('\n', _rows.Select(one => one.ToCsv()).Prepend(ComparisonRow.CsvHeader)) + "\n"));
        AtomicFile.Write(Path.Combine(folder, "curve.png"),
            ComparisonCurve.Draw($"{options.Task.Name}: {_reward.Name}, over images used", ComparisonPoint.Of(_rows)).ToPng());
        DrawAlongTraining();
        output.WriteLine(row.ToCsv());
    }

    // Of each algorithm's first seed.
    private void DrawAlongTraining() => new SamplesAlongTraining(Sheets, Math.Min(SheetImages, options.EvaluationImages)).Write(
        folder, [
            .. _rows.GroupBy(row => row.Algorithm)
                .Select(own => new SheetSeries(own.Key, [.. own.Where(row => row.Seed == own.Min(any => any.Seed)).OrderBy(row => row.Epoch)
            .Select(row => ($"{row.Images} images", SheetOf(row.Algorithm, row.Seed, row.Epoch)))]))], RowsAlongTraining);

    private string SheetOf(string algorithm, int seed, int epoch) =>
        epoch == 0 ? Path.Combine(folder, "base.png") : Path.Combine(folder, algorithm, $"seed-{seed}", $"epoch-{epoch}.png");

    private static JsonSerializerOptions Named { get; } =
        new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
}
