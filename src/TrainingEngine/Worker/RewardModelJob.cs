using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Rewards;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Rewards.Learned;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Learns a reward from a project's frozen pairs, or measures one on later pairs. It takes minutes at most and the same pairs give the same
/// result, so one that was stopped begins anew.
/// </summary>
internal sealed class RewardModelJob(
    RewardWorkflow learning, RewardMeasurement measuring, FileStore files, DataFolder folder, LoadedModel models) : IJobHandler
{
    private readonly RewardModelOptions _options = new();

    public JobKind Kind => JobKind.RewardModel;

    public void Run(Job job, JobReporter reporter)
    {
        if (job.Read<RewardOrder>().Reward is null)
        {
            Learn(job, reporter);
        }
        else
        {
            Measure(job, reporter);
        }
    }

    private void Learn(Job job, JobReporter reporter)
    {
        var groups = reporter.Ask(() => learning.Read(job)).Groups;
        var (pictures, pairs) = Judged(groups, reporter);
        reporter.Say($"learning a reward from {pairs.Count} pairs of {groups.Count} groups");
        var (done, passes) = (0, RewardPlan.Of(pairs, _options, newPrompts: true).Trainings * _options.InnerEpochs);
        var inputs = new RewardInputs(models.OfProject(job, reporter).Diffusion, models.SettingsOf(job).ModelFolder, TowerOf(job));
        using var model = RewardModelTraining.Run(pictures, pairs, _options, line =>
        {
            reporter.Report((double)++done / passes, line, null);
            reporter.Say(line);
        }, reporter.Stop, inputs);
        LearningReport.Of(model.Figures).ToList().ForEach(reporter.Say);
        var weights = TemporaryFile.Store(files, model.Save);
        reporter.End(
            () => learning.Complete(job,
                new MeasuredReward(
                    weights, model.LearnedPairs, (int)model.Accuracy.Count, (int)model.Accuracy.Of, model.Accuracy.Independent)));
        reporter.Say(model.Name);
    }

    private string? TowerOf(Job job) => job.Read<RewardOrder>().Tower is { } file ? Path.Combine(folder.Root, file) : null;

    private void Measure(Job job, JobReporter reporter)
    {
        var (weights, later) = reporter.Ask(() => measuring.Read(job));
        using var model = RewardModel.Load(files.Verified(weights, reporter.Stop), texts => models.Of(texts, new(), reporter).Diffusion);
        var (pictures, pairs) = Judged(later.Groups, reporter);
        reporter.Say($"measuring the reward on {pairs.Count} later pairs of {later.Groups.Count} groups");
        var right = model.RightAbout(pictures, pairs, reporter.Say, reporter.Stop);
        reporter.End(() => measuring.Complete(job, (int)right.Count, pairs.Count, right.Independent));
        reporter.Say($"right about {right.Count:0} of {pairs.Count} later pairs");
    }

    private (IReadOnlyList<Func<Picture>> Pictures, IReadOnlyList<JudgedPair> Pairs) Judged(IReadOnlyList<ManifestGroup> groups,
        JobReporter reporter)
    {
        var (pictures, pairs) = (new List<Func<Picture>>(), new List<JudgedPair>());
        foreach (var (group, number) in groups.Select((group, number) => (group, number)))
        {
            var first = pictures.Count;
            string[] paths = [.. group.Images.Select(hash => files.Verified(hash, reporter.Stop))];
            pictures.AddRange(paths.Select(path => (Func<Picture>)(() => Picture.Decode(File.ReadAllBytes(path)))));
            pairs.AddRange(
                group.Preferences.Select(
                    pair => new JudgedPair(number, group.Prompt, first + pair.Winner, first + pair.Loser, pair.Weight)));
        }
        return (pictures, pairs);
    }
}
