using System.CommandLine;
using System.Globalization;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The options that say what an algorithm learns from: sampled images, and people's verdicts or a reward.</summary>
/// <param name="samplesRequired">False where there is another source.</param>
public sealed class EpochInput(bool samplesRequired = true)
{
    private readonly Option<string> _samples = new("--samples") { Description = "folder that sample wrote", Required = samplesRequired };
    private readonly Option<string?> _feedback =
        new("--feedback") { Description = "folder of label files, one .json per annotator: per prompt a list of −1 (flagged) and 0" };
    private readonly Option<bool> _weighted = new("--weighted") { Description = "weigh a pair by the difference of its averaged verdicts" };
    private readonly Option<string?> _reward = new("--reward") { Description = $"in the place of people's verdicts: {RewardName.Known}" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_samples, _feedback, _reward, _weighted];
        Array.ForEach(all, command.Add);
    }

    /// <summary>The folder of samples.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public SampleFolder Folder(ParseResult parsed) => SampleFolder.Open(
        parsed.GetValue(_samples) ?? throw new EngineException("say which images: --samples FOLDER, or --pairs FILE of the application"));

    /// <summary>Verdicts or rewards, whichever was asked for.</summary>
    /// <exception cref="EngineException">Neither or both were, or they cannot be had.</exception>
    public IReward Reward(ParseResult parsed, SampleFolder folder) => (parsed.GetValue(_feedback), parsed.GetValue(_reward)) switch
    {
        ({ } labels, null) => new VerdictReward(LabelFiles.Read(labels, [.. Enumerable.Repeat(folder.Manifest.GroupSize, folder.Groups)])),
        (null, { } name) => RewardName.Parse(name),
        _ => throw new EngineException("say what to learn from: either --feedback FOLDER or --reward NAME"),
    };

    /// <summary>The folder's images with what they are worth, and the name of who says so.</summary>
    /// <param name="from">Whether pairs are learned from, images judged good or bad, or every image's number.</param>
    /// <exception cref="EngineException">Trajectories are missing, or rewards cannot be had.</exception>
    public (JudgedEpoch Epoch, string Judge) Read(ParseResult parsed, LearnsFrom from, CancellationToken stop)
    {
        var folder = Folder(parsed);
        using var source = Reward(parsed, folder);
        var epoch = JudgedEpoch.Of(folder, RewardedFolder.Read(folder, source, Console.Error.WriteLine, stop));
        epoch = epoch with
        {
            Preferences = PreferencePair.FromVerdicts(epoch.Rewards, parsed.GetValue(_weighted)),
            Verdicts = source is VerdictReward ? ImageVerdict.FromFlags(epoch.Rewards) : epoch.Verdicts,
        };
        int[] used = [.. (from switch
        {
            LearnsFrom.Preferences => epoch.Preferences.Select(pair => pair.Group),
            LearnsFrom.Verdicts => epoch.Verdicts.Select(one => one.Group),
            _ => epoch.Rewarded.Select(image => image.Group),
        }).Distinct()];
        if (used.Where(group => !File.Exists(folder.TrajectoryOf(group))).ToArray() is [var first, ..] missing)
        {
            throw new EngineException(
                $"{missing.Length} trajectories are missing, the first is {folder.TrajectoryOf(first)}; run sample again with the same "
                    + $"options to complete the folder");
        }
        if (from == LearnsFrom.Preferences)
        {
            Console.WriteLine($"{folder.Groups} groups, of which {used.Length} teach {epoch.Preferences.Count} pairs");
        }
        if (from == LearnsFrom.Verdicts)
        {
            Console.WriteLine($"{folder.Groups} groups, {epoch.Verdicts.Count(one => one.Good)} images judged good and "
                + $"{epoch.Verdicts.Count(one => !one.Good)} bad");
        }
        if (from == LearnsFrom.Rewards || source is not VerdictReward)
        {
            var rewards = epoch.Rewarded.Select(image => image.Reward).ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{rewards.Length} images of {folder.Groups} groups, {source.Name}: mean {rewards.Average():0.####}, from "
                    + $"{rewards.Min():0.####} to {rewards.Max():0.####}"));
        }
        return (epoch, source.Name);
    }
}
