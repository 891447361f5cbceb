using System.CommandLine;
using System.Globalization;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>train</c>: one epoch of D3PO from a folder of samples and a folder of label files. No web application is needed.</summary>
public sealed class TrainCommand
{
    private readonly ModelOptions model = new();
    private readonly Option<string> samples = new("--samples") { Description = "folder that sample wrote", Required = true };
    private readonly Option<string> feedback = new("--feedback") { Description = "folder of label files, one .json per annotator: per prompt a list of −1 (flagged) and 0", Required = true };
    private readonly Option<string> output = new("--out") { Description = "folder for the adapter, metrics and checkpoints; called again, it goes on", Required = true };
    private readonly Option<bool> weighted = new("--weighted") { Description = "weigh a pair by the difference of its averaged verdicts" };
    private readonly Option<int> microBatch = new("--micro-batch") { Description = "images in one forward; 0 decides by the free memory" };
    private readonly Option<bool> recompute = new("--recompute") { Description = "compute activations again instead of keeping them" };
    private readonly Option<int> workers = new("--workers") { Description = "micro-batches computed at once; 0 measures" };
    private readonly Option<int> threads = new("--threads") { Description = "libtorch's threads in each; 0 measures" };
    private readonly Option<double> every = new("--checkpoint-every") { Description = "seconds between checkpoints; 0 after every step", DefaultValueFactory = _ => 60 };
    private readonly TrainedPartOptions trained = new();
    private readonly D3poOptionsOnCommandLine options;

    private TrainCommand(Command command)
    {
        model.AddTo(command);
        Option[] own = [samples, feedback, output, weighted, microBatch, recompute, workers, threads, every];
        Array.ForEach(own, command.Add);
        trained.AddTo(command);
        options = new D3poOptionsOnCommandLine(command);
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("train", "Trains one epoch of D3PO from people's judgements of sampled images. Interrupted, it goes on where it stopped.");
        command.Does(new TrainCommand(command).Run);
        return command;
    }

    private void Run(ParseResult parsed, CancellationToken stop)
    {
        var settings = options.Read(parsed, ModelDefaults.Read(model.FolderOf(parsed)));
        var folder = SampleFolder.Open(parsed.GetRequiredValue(samples));
        var verdicts = LabelFiles.Read(parsed.GetRequiredValue(feedback), [.. Enumerable.Repeat(folder.Manifest.GroupSize, folder.Groups)]);
        var preferences = verdicts.SelectMany((group, index) => Preference.FromVerdicts(index, group, parsed.GetValue(weighted))).ToArray();
        RequireTrajectories(folder, preferences);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{folder.Groups} groups, of which {preferences.Select(pair => pair.Group).Distinct().Count()} teach {preferences.Length} pairs"));

        var run = new D3poRun
        {
            Trajectories = [.. Enumerable.Range(0, folder.Groups).Select(folder.TrajectoryOf)],
            Preferences = preferences,
            Options = settings,
            Trained = trained.Read(parsed),
            Output = parsed.GetRequiredValue(output),
            MicroBatch = parsed.GetValue(microBatch),
            Recompute = parsed.GetValue(recompute),
            Workers = parsed.GetValue(workers),
            Threads = parsed.GetValue(threads),
            CheckpointEvery = TimeSpan.FromSeconds(parsed.GetValue(every)),
            Report = Console.WriteLine,
        };
        var result = Train(parsed, run, stop);
        foreach (var line in result.Timesteps)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"epoch {line.Epoch}  timestep {line.Timestep,4}  accuracy {line.Accuracy:0.000}  margin {line.Margin:0.0e+00}  dead {line.Dead:0.00}  KL {line.Kl:0.0000}"));
        }
        Console.WriteLine($"wrote {result.Weights}");
    }

    private D3poResult Train(ParseResult parsed, D3poRun run, CancellationToken stop)
    {
        var loaded = model.Load(parsed);
        ProgressBar? bar = null;
        try
        {
            return D3poTraining.Run(loaded, run, progress =>
            {
                bar ??= new ProgressBar("training", progress.ImagesTotal, "images", progress.ImagesDone - progress.ImagesInStep);
                bar.Advance(progress.ImagesInStep, string.Create(CultureInfo.InvariantCulture, $"step {progress.Step}/{progress.Steps}  KL {progress.Metrics.Kl:0.000}"));
            }, stop);
        }
        finally
        {
            bar?.Dispose();
        }
    }

    private static void RequireTrajectories(SampleFolder folder, IEnumerable<Preference> preferences)
    {
        var missing = preferences.Select(preference => preference.Group).Distinct().Where(group => !File.Exists(folder.TrajectoryOf(group))).ToArray();
        if (missing.Length > 0)
        {
            throw new EngineException(
                $"{missing.Length} trajectories are missing, the first is {folder.TrajectoryOf(missing[0])}; run sample again with the same options to complete the folder");
        }
    }
}
