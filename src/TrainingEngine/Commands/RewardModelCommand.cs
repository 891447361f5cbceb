using System.CommandLine;
using Labeler.Shared.Images;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Rewards.Learned;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>train reward-model</c>: a reward from judged pairs, with its accuracy on pairs that it has not seen.</summary>
internal static class RewardModelCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("reward-model", "Learns a reward from people's verdicts (Bradley–Terry) and says how often it is right on held-out groups.");
        var input = new EpochInput();
        var output = new Option<string>("--out") { Description = "file for the reward model (.safetensors); use it with --reward model:FILE", Required = true };
        input.AddTo(command);
        command.Add(output);
        var options = new OptionsOnCommandLine<RewardModelOptions>(command);
        command.Does((parsed, stop) =>
        {
            var settings = options.Read(parsed);
            var folder = input.Folder(parsed);
            var epoch = input.Read(parsed, stop);
            var size = folder.Manifest.GroupSize;
            using var model = RewardModelTraining.Run(
                [.. Enumerable.Range(0, folder.Groups * size).Select(image => (Func<Picture>)(() => Picture.Decode(File.ReadAllBytes(folder.ImageOf(image / size, image % size)))))],
                [.. epoch.Preferences.Select(pair => new JudgedPair(pair.Group, epoch.Prompts[pair.Group], (pair.Group * size) + pair.Winner, (pair.Group * size) + pair.Loser, pair.Weight))],
                settings, Console.WriteLine, stop);
            model.Save(parsed.GetRequiredValue(output));
            Console.WriteLine(model.IsUsable
                ? $"wrote {parsed.GetRequiredValue(output)}: right on {RewardModel.Told(model.Accuracy)} held-out pairs"
                : $"wrote {parsed.GetRequiredValue(output)}, but it cannot be used as a reward: right on {RewardModel.Told(model.Accuracy)} held-out pairs may be guessing; judge more pairs");
        });
        return command;
    }
}
