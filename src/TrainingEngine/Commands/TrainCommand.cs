using System.CommandLine;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Commands;

/// <summary>
/// <c>train</c>: one epoch of D3PO from a folder of samples and a folder of label files or a reward; its subcommands are the
/// other algorithms, on the same samples and files. No web application is needed.
/// </summary>
public static class TrainCommand
{
    private const string Own = "d3po";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command =
            new Command("train",
                "Trains one epoch of D3PO from people's judgments of sampled images, or from a reward; with a subcommand, of another "
                    + "algorithm. Interrupted, it goes on where it stopped.");
        OnEpoch(command, Algorithm.Find(Own));
        foreach (var algorithm in Algorithm.All.Where(one => one.Info.Name != Own))
        {
            var other = new Command(algorithm.Info.Name, $"{algorithm.Info.Title}: {algorithm.Info.Description}");
            OnEpoch(other, algorithm);
            command.Add(other);
        }
        command.Add(SupervisedCommand.Create());
        command.Add(RewardModelCommand.Create());
        return command;
    }

    private static void OnEpoch(Command command, Algorithm algorithm)
    {
        var input = new EpochInput();
        input.AddTo(command);
        var published = new Option<bool>("--as-published")
        {
            Description = PublishedSettings.Source(algorithm.Info.Name) is { } source ? $"start from the authors' settings ({source})" : "",
        };
        if (algorithm.Published(AdapterKind.Lora) is not null)
        {
            command.Add(published);
        }
        var before = new Option<string?>("--epoch-before")
        {
            Description = "folder that the training of the epoch before wrote (its --out): the running statistics of its prompts go on",
        };
        if (algorithm.Standard is PolicyGradientOptions)
        {
            command.Add(before);
        }
        UpdateOptions Defaults(ParseResult parsed, string model) => parsed.GetResult(published) is not null && parsed.GetValue(published)
            ? algorithm.Published(TrainedPartOptions.KindOf(parsed))!
            : algorithm.Defaults(model);
        _ = new TrainingCommand<UpdateOptions>(command, algorithm.Standard, Defaults, call =>
        {
            var (epoch, judge) = input.Read(call.Parsed, algorithm.Info.LearnsFrom, call.Stop);
            var run = new EpochRun(call.Model, epoch, call.Trained, call.Place, call.Stop) { Greedy = () => Greedy(call, input) };
            var earlier = algorithm.Standard is PolicyGradientOptions ? call.Parsed.GetValue(before) : null;
            return call.Options is PolicyGradientOptions { Baseline: Baseline.Prompt } options
                ? WithStatistics(run, algorithm, options, earlier, judge)
                : earlier is null ? algorithm.Run(run, call.Options)
                : throw new EngineException("--epoch-before hands on the statistics of prompts, which only --baseline prompt looks at");
        });
    }

    private static TrainingResult WithStatistics(
        EpochRun run, Algorithm algorithm, PolicyGradientOptions options, string? earlier, string judge)
    {
        var tracker = new PerPromptStatTracker(options.StatisticsBuffer, options.StatisticsMinimum);
        if (earlier is not null)
        {
            PromptStatisticsFile.Read(earlier, judge, tracker);
        }
        var result = algorithm.Run(run with { Tracker = tracker }, options);
        if (run.Place.Ranks.IsFirst)
        {
            PromptStatisticsFile.Write(run.Place.Output, judge, tracker);
        }
        return result;
    }

    private static IReadOnlyList<double> Greedy(TrainingCall<UpdateOptions> call, EpochInput input)
    {
        var folder = input.Folder(call.Parsed);
        using var reward = input.Reward(call.Parsed, folder);
        using var patch = call.Trained.From is { } file ? new ModelPatch(call.Model, file) : null;
        return reward is VerdictReward
            ? throw new EngineException("people judged no image without noise, so the greedy baseline needs --reward")
            : GreedyRewards.Of(call.Model, folder, reward, Console.Error.WriteLine, call.Stop);
    }
}
