using System.CommandLine;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The options that say what an algorithm learns from: sampled images, and people's verdicts or a reward.</summary>
/// <param name="samplesRequired">False where there is another source.</param>
public sealed class EpochInput(bool samplesRequired = true)
{
    private readonly Option<string> samples = new("--samples") { Description = "folder that sample wrote", Required = samplesRequired };
    private readonly Option<string?> feedback = new("--feedback") { Description = "folder of label files, one .json per annotator: per prompt a list of −1 (flagged) and 0" };
    private readonly Option<string?> reward = new("--reward") { Description = $"in the place of people's verdicts: {RewardName.Known}" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [samples, feedback, reward];
        Array.ForEach(all, command.Add);
    }

    /// <summary>The folder of samples.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public SampleFolder Folder(ParseResult parsed) => SampleFolder.Open(
        parsed.GetValue(samples) ?? throw new EngineException("say which images: --samples FOLDER, or --pairs FILE of the application"));

    /// <summary>Verdicts or rewards, whichever was asked for.</summary>
    /// <exception cref="EngineException">Neither or both were, or they cannot be had.</exception>
    public IReward Reward(ParseResult parsed, SampleFolder folder) => (parsed.GetValue(feedback), parsed.GetValue(reward)) switch
    {
        ({ } labels, null) => new VerdictReward(LabelFiles.Read(labels, [.. Enumerable.Repeat(folder.Manifest.GroupSize, folder.Groups)])),
        (null, { } name) => RewardName.Parse(name),
        _ => throw new EngineException("say what to learn from: either --feedback FOLDER or --reward NAME"),
    };

    /// <summary>The folder's images with what they are worth.</summary>
    /// <exception cref="EngineException">Trajectories are missing, or rewards cannot be had.</exception>
    public RewardedEpoch Read(ParseResult parsed, CancellationToken stop)
    {
        var folder = Folder(parsed);
        if (folder.Missing is [var first, ..])
        {
            throw new EngineException(
                $"{folder.Missing.Count} trajectories are missing, the first is {folder.TrajectoryOf(first)}; run sample again with the same options to complete the folder");
        }
        using var reward = Reward(parsed, folder);
        var epoch = RewardedEpoch.Of(folder, RewardedFolder.Read(folder, reward, Console.Error.WriteLine, stop));
        Console.WriteLine(FormattableString.Invariant(
            $"{epoch.Rewarded.Count} images of {folder.Groups} groups, {reward.Name}: mean {epoch.Rewarded.Average(image => image.Reward):0.####}, from {epoch.Rewarded.Min(image => image.Reward):0.####} to {epoch.Rewarded.Max(image => image.Reward):0.####}"));
        return epoch;
    }
}
