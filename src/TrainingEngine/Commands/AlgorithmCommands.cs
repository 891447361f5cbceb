using System.CommandLine;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Algorithms.Dpok;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>train ddpo</c>, <c>train dpok</c> …: one epoch of each algorithm besides D3PO, on the same samples and the same files.</summary>
internal static class AlgorithmCommands
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Command> All() =>
    [
        OnEpoch<DdpoOptions>("ddpo", "DDPO (arXiv 2305.13301): reinforces every step of an image by its reward.",
            (call, input) => DdpoTraining.Run(call.Model, input.Read(call.Parsed, call.Stop), call.Options, call.Trained, call.Place, greedy: Greedy(call, input, call.Options), stop: call.Stop)),
        OnEpoch<DpokOptions>("dpok", "DPOK (arXiv 2305.16381): DDPO's update with a divergence term that holds the model near the base model.",
            (call, input) => DpokTraining.Run(call.Model, input.Read(call.Parsed, call.Stop), call.Options, call.Trained, call.Place, greedy: Greedy(call, input, call.Options), stop: call.Stop)),
        OnEpoch<RewardWeightedOptions>("reward-weighted", "Reward-weighted regression: denoises sampled images again, the better ones with more weight.",
            (call, input) => RewardWeightedTraining.Run(call.Model, input.Read(call.Parsed, call.Stop), call.Options, call.Trained, call.Place, call.Stop)),
        OnEpoch<DiffusionDpoOptions>("diffusion-dpo", "Diffusion-DPO (arXiv 2311.12908): preferences between finished images, at random timesteps.",
            (call, input) =>
            {
                var epoch = input.Read(call.Parsed, call.Stop);
                return DiffusionDpoTraining.Run(call.Model, epoch.Trajectories, epoch.Preferences, call.Options, call.Trained, call.Place, call.Stop);
            }),
        OnEpoch<PreferredOptions>("preferred", "Supervised fine-tuning on the sampled images that were preferred.",
            (call, input) =>
            {
                var epoch = input.Read(call.Parsed, call.Stop);
                return PreferredTraining.Run(call.Model, epoch.Trajectories, epoch.Preferences, call.Options, call.Trained, call.Place, call.Stop);
            }),
        Supervised(),
        RewardModelCommand.Create(),
    ];

    private static Command OnEpoch<T>(string name, string description, Func<AlgorithmCall<T>, EpochInput, TrainingResult> train) where T : UpdateOptions, new()
    {
        var command = new Command(name, description);
        var input = new EpochInput();
        input.AddTo(command);
        _ = new AlgorithmCommand<T>(command, call => train(call, input));
        return command;
    }

    private static Command Supervised()
    {
        var command = new Command("supervised", "Supervised fine-tuning on a folder of images with captions (metadata.jsonl).");
        var images = new Option<string>("--images") { Description = "folder with metadata.jsonl: one line an image, with file_name, text and, if wanted, label", Required = true };
        var label = new Option<string?>("--label") { Description = "learn from the images of this label alone" };
        var perLabel = new Option<bool>("--per-label") { Description = "make one adapter per label, each in a folder of its own" };
        command.Add(images);
        command.Add(label);
        command.Add(perLabel);
        _ = new AlgorithmCommand<SupervisedOptions>(command, call =>
        {
            var all = CaptionedFolder.Read(call.Parsed.GetRequiredValue(images));
            if (call.Parsed.GetValue(perLabel))
            {
                return all.GroupBy(image => image.Label).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
                    Learn(call with { Place = call.Place with { Output = Path.Combine(call.Place.Output, FolderOf(group.Key)) } }, [.. group])).ToArray()[^1];
            }
            CaptionedImage[] wanted = [.. all.Where(image => call.Parsed.GetValue(label) is not { } one || image.Label == one)];
            return wanted.Length > 0 ? Learn(call, wanted) : throw new EngineException($"no image has the label {call.Parsed.GetValue(label)}");
        });
        return command;
    }

    private static TrainingResult Learn(AlgorithmCall<SupervisedOptions> call, IReadOnlyList<CaptionedImage> images)
    {
        Console.WriteLine($"{images.Count} images into {call.Place.Output}");
        return SupervisedTraining.Run(call.Model, images, call.Options, call.Trained, call.Place, call.Stop);
    }

    private static string FolderOf(string label) => "label-" + (label.Length == 0 ? "none" : string.Concat(label.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')));

    private static IReadOnlyList<double>? Greedy<T>(AlgorithmCall<T> call, EpochInput input, PolicyGradientOptions options)
    {
        if (options.Baseline != Baseline.Greedy)
        {
            return null;
        }
        var folder = input.Folder(call.Parsed);
        using var reward = input.Reward(call.Parsed, folder);
        using var patch = call.Trained.From is { } file ? new ModelPatch(call.Model.Unet, file) : null;
        return reward is VerdictReward
            ? throw new EngineException("people judged no image without noise, so the greedy baseline needs --reward")
            : GreedyRewards.Of(call.Model, folder, reward, Console.Error.WriteLine, call.Stop);
    }
}
