using System.CommandLine;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Training;
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
                "Trains one epoch of D3PO from people's judgements of sampled images, or from a reward; with a subcommand, of another "
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
        UpdateOptions Defaults(ParseResult parsed, string model) => parsed.GetResult(published) is not null && parsed.GetValue(published)
            ? algorithm.Published(TrainedPartOptions.KindOf(parsed))!
            : algorithm.Defaults(model);
        _ = new TrainingCommand<UpdateOptions>(command, algorithm.Standard, Defaults, call =>
        {
            var epoch = input.Read(call.Parsed, algorithm.Info.LearnsFrom, call.Stop);
            return algorithm.Run(
                new EpochRun(call.Model, epoch, call.Trained, call.Place, call.Stop) { Greedy = () => Greedy(call, input) }, call.Options);
        });
    }

    private static IReadOnlyList<double> Greedy(TrainingCall<UpdateOptions> call, EpochInput input)
    {
        var folder = input.Folder(call.Parsed);
        using var reward = input.Reward(call.Parsed, folder);
        using var patch = call.Trained.From is { } file ? new ModelPatch(call.Model.Unet, file) : null;
        return reward is VerdictReward
            ? throw new EngineException("people judged no image without noise, so the greedy baseline needs --reward")
            : GreedyRewards.Of(call.Model, folder, reward, Console.Error.WriteLine, call.Stop);
    }
}
