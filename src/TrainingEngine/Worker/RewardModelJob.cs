using Labeler.Shared.Epochs;
using Labeler.Shared.Files;
using Labeler.Shared.Images;
using Labeler.Shared.Jobs;
using Labeler.Shared.Rewards;
using Labeler.TrainingEngine.Rewards.Learned;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Learns a reward from a project's frozen pairs, or measures one on later pairs. It takes minutes at most and the same pairs give the same
/// result, so one that was stopped begins anew.
/// </summary>
internal sealed class RewardModelJob(RewardWorkflow learning, RewardMeasurement measuring, FileStore files, Job job, JobReporter pulse)
{
    private readonly RewardModelOptions options = new();

    public void Run()
    {
        if (job.Read<RewardOrder>().Reward is null)
        {
            Learn();
        }
        else
        {
            Measure();
        }
    }

    private void Learn()
    {
        var groups = pulse.Ask(() => learning.Read(job)).Groups;
        var (pictures, pairs) = Judged(groups);
        pulse.Say($"learning a reward from {pairs.Count} pairs of {groups.Count} groups");
        var passes = 0;
        using var model = RewardModelTraining.Run(pictures, pairs, options, line =>
        {
            pulse.Report((double)++passes / options.InnerEpochs, line, null);
            pulse.Say(line);
        }, pulse.Stop);
        var weights = Store(model);
        pulse.End(() => learning.Complete(job, new MeasuredReward(weights, model.LearnedPairs, (int)model.Accuracy.Count, (int)model.Accuracy.Of)));
        pulse.Say(model.Name);
    }

    private void Measure()
    {
        var (weights, later) = pulse.Ask(() => measuring.Read(job));
        using var model = RewardModel.Load(files.PathOf(weights));
        var (pictures, pairs) = Judged(later.Groups);
        pulse.Say($"measuring the reward on {pairs.Count} later pairs of {later.Groups.Count} groups");
        var right = model.RightAbout(pictures, pairs, pulse.Say, pulse.Stop);
        pulse.End(() => measuring.Complete(job, right, pairs.Count));
        pulse.Say($"right about {right} of {pairs.Count} later pairs");
    }

    private (IReadOnlyList<Func<Picture>> Pictures, IReadOnlyList<JudgedPair> Pairs) Judged(IReadOnlyList<ManifestGroup> groups)
    {
        var (pictures, pairs) = (new List<Func<Picture>>(), new List<JudgedPair>());
        foreach (var (group, number) in groups.Select((group, number) => (group, number)))
        {
            var first = pictures.Count;
            pictures.AddRange(group.Images.Select(hash => (Func<Picture>)(() => Picture.Decode(File.ReadAllBytes(files.PathOf(hash))))));
            pairs.AddRange(group.Preferences.Select(pair => new JudgedPair(number, group.Prompt, first + pair.Winner, first + pair.Loser, pair.Weight)));
        }
        return (pictures, pairs);
    }

    private string Store(RewardModel model)
    {
        var temporary = Path.Combine(Path.GetTempPath(), $"labeler-{Guid.NewGuid():N}.safetensors");
        try
        {
            model.Save(temporary);
            return files.PutFile(temporary).GetAwaiter().GetResult();
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
