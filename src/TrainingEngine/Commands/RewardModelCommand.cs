using System.CommandLine;
using Labeler.Shared.Imaging;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Rewards.Learned;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>train reward-model</c>: a reward from judged pairs, with its accuracy on pairs that it has not seen.</summary>
internal sealed class RewardModelCommand
{
    private readonly EpochInput _input = new(samplesRequired: false);
    private readonly Option<string?> _pairs =
        new("--pairs") { Description = "pairs.jsonl that the application exported; in the place of --samples" };
    private readonly Option<string?> _data = new("--data") { Description = "the application's data folder, which holds the pairs' images" };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "the model that made the images: its text encoder, frozen, tells of prompts, so that new ones can be known; without "
            + "it, prompts are only told apart",
    };
    private readonly Option<string?> _tower = new("--tower")
    {
        Description = "TorchScript file of an image encoder, as CLIP's: images [n, 3, H, W] of 0 to 1 in, [n, features] out; without it, "
            + "a small network looks at the images",
    };
    private readonly Option<string> _output =
        new("--out") { Description = "file for the reward model (.safetensors); use it with --reward model:FILE", Required = true };
    private readonly OptionsOnCommandLine _options;

    private RewardModelCommand(Command command)
    {
        _input.AddTo(command);
        command.Add(_pairs);
        command.Add(_data);
        command.Add(_model);
        command.Add(_tower);
        command.Add(_output);
        _options = new OptionsOnCommandLine(command, new RewardModelOptions());
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command =
            new Command("reward-model",
                "Learns a reward from people's judgments (Bradley–Terry) and says how often it is right on held-out groups.");
        command.Does(new RewardModelCommand(command).Run);
        return command;
    }

    private void Run(ParseResult parsed, CancellationToken stop)
    {
        var settings = _options.Read(parsed, new RewardModelOptions());
        var (pictures, judged) = Judged(parsed, stop);
        using var model = RewardModelTraining.Run(pictures, judged, settings, Console.WriteLine, stop, Inputs(parsed));
        var file = parsed.GetRequiredValue(_output);
        model.Save(file);
        LearningReport.Of(model.Figures).ToList().ForEach(Console.WriteLine);
        Console.WriteLine(model.IsUsable
            ? $"wrote {file}: right on {RewardModel.Told(model.Accuracy)} held-out pairs"
            : $"wrote {file}, but it cannot be used as a reward: right on {RewardModel.Told(model.Accuracy)} held-out pairs may be "
                + $"guessing; judge more pairs");
    }

    private RewardInputs Inputs(ParseResult parsed) => parsed.GetValue(_model) is { } folder
        ? new(StableDiffusion.Load(folder), Path.GetFullPath(folder), parsed.GetValue(_tower))
        : new(Tower: parsed.GetValue(_tower));

    private (IReadOnlyList<Func<Picture>>, IReadOnlyList<JudgedPair>) Judged(ParseResult parsed, CancellationToken stop)
    {
        if (parsed.GetValue(_pairs) is { } list)
        {
            return ExportedPairs.Read(list,
                parsed.GetValue(_data) ?? throw new EngineException("--pairs needs --data, the application's data folder with the images"));
        }
        var folder = _input.Folder(parsed);
        var (epoch, _) = _input.Read(parsed, LearnsFrom.Rewards, stop);
        var size = folder.Manifest.GroupSize;
        return (
            [.. Enumerable.Range(0, folder.Groups * size)
                .Select(image => (Func<Picture>)(() => Picture.Decode(File.ReadAllBytes(folder.ImageOf(image / size, image % size)))))],
            [.. epoch.Preferences.Select(
                pair => new JudgedPair(pair.Group, epoch.Prompts[pair.Group], (pair.Group * size) + pair.Winner,
                    (pair.Group * size) + pair.Loser, pair.Weight))]);
    }
}
