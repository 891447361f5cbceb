using System.CommandLine;
using System.Globalization;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>train</c>: one epoch of D3PO from a folder of samples and a folder of label files or a reward; its subcommands are the other algorithms. No web application is needed.</summary>
public sealed class TrainCommand
{
    private readonly ModelOptions model = new();
    private readonly EpochInput input = new();
    private readonly PlaceOptions place = new();
    private readonly Option<bool> weighted = new("--weighted") { Description = "weigh a pair by the difference of its averaged verdicts" };
    private readonly TrainedPartOptions trained = new();
    private readonly D3poOptionsOnCommandLine options;

    private TrainCommand(Command command)
    {
        model.AddTo(command);
        input.AddTo(command);
        place.AddTo(command);
        command.Add(weighted);
        trained.AddTo(command);
        options = new D3poOptionsOnCommandLine(command);
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("train", "Trains one epoch of D3PO from people's judgements of sampled images, or from a reward; with a subcommand, of another algorithm. Interrupted, it goes on where it stopped.");
        command.Does(new TrainCommand(command).Run);
        foreach (var algorithm in AlgorithmCommands.All())
        {
            command.Add(algorithm);
        }
        return command;
    }

    private void Run(ParseResult parsed, CancellationToken stop)
    {
        var settings = options.Read(parsed, ModelDefaults.Read(model.FolderOf(parsed)));
        var folder = input.Folder(parsed);
        using var reward = input.Reward(parsed, folder);
        var worth = RewardedFolder.Read(folder, reward, Console.Error.WriteLine, stop);
        var preferences = worth.SelectMany((group, index) => PreferencePair.FromVerdicts(index, group, parsed.GetValue(weighted))).ToArray();
        RequireTrajectories(folder, preferences);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{folder.Groups} groups, of which {preferences.Select(pair => pair.Group).Distinct().Count()} teach {preferences.Length} pairs"));

        var run = new D3poRun
        {
            Trajectories = [.. Enumerable.Range(0, folder.Groups).Select(folder.TrajectoryOf)],
            Preferences = preferences,
            Options = settings,
            Trained = trained.Read(parsed),
            Place = place.Read(parsed),
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
            return D3poTraining.Run(
                loaded,
                run with { Place = run.Place with { Begun = (done, total) => bar = new ProgressBar("training", total, "images", done) } },
                progress => bar!.Advance(progress.ImagesInStep, string.Create(CultureInfo.InvariantCulture, $"step {progress.Step}/{progress.Steps}  KL {progress.Metrics.Kl:0.000}")),
                stop);
        }
        finally
        {
            bar?.Dispose();
        }
    }

    private static void RequireTrajectories(SampleFolder folder, IEnumerable<PreferencePair> preferences)
    {
        var missing = preferences.Select(preference => preference.Group).Distinct().Where(group => !File.Exists(folder.TrajectoryOf(group))).ToArray();
        if (missing.Length > 0)
        {
            throw new EngineException(
                $"{missing.Length} trajectories are missing, the first is {folder.TrajectoryOf(missing[0])}; run sample again with the same options to complete the folder");
        }
    }
}
