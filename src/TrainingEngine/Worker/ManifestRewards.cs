using Labeler.Shared.Jobs;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Rewards.Learned;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Worker;

/// <summary>What a manifest's images are worth, by people's votes or by its learned reward.</summary>
/// <param name="pathOf">From a content hash to the file, which it has checked.</param>
/// <param name="textModel">From a model's name to what tells a learned reward of new prompts.</param>
internal sealed class ManifestRewards(Manifest manifest, Func<string, string> pathOf, JobReporter pulse,
    Func<string, StableDiffusion> textModel) : IDisposable
{
    private readonly RewardModel? _reward = manifest.Reward is { } hash ? RewardModel.Load(pathOf(hash), textModel) : null;

    public JudgedEpoch Judged()
    {
        if (_reward is null)
        {
            return ManifestEpoch.Of(manifest, pathOf);
        }
        pulse.Say(_reward.Name);
        return ManifestEpoch.Of(manifest, pathOf, _reward, pulse.Say, pulse.Stop);
    }

    /// <summary>The prompts' statistics as the epochs before left them.</summary>
    public PerPromptStatTracker Statistics(IReadOnlyList<Manifest> before, PolicyGradientOptions options)
    {
        var statistics = new PromptStatistics(options.StatisticsBuffer, options.StatisticsMinimum);
        var remembered = _reward is null
            ? statistics.OfVotes(before)
            : statistics.OfReward(before, manifest.Groups.Select(group => group.Prompt).ToHashSet(),
                groups => ManifestEpoch.RewardsOf(groups, pathOf, _reward, pulse.Say, pulse.Stop));
        pulse.Say($"the prompts' statistics go on from {remembered} rewards of {before.Count} earlier epochs");
        return statistics.Tracker;
    }

    /// <summary>Rewards of the images without noise, by group; null where people judge, who saw none.</summary>
    public Func<IReadOnlyList<double>>? Greedy(Func<WorkerModel> load, IReadOnlyList<string> trajectories, string? policy) =>
        _reward is null ? null : () =>
        {
            var model = load();
            using var patch = policy is null ? null : new ModelPatch(model.Diffusion, policy);
            return GreedyRewards.Of(model.Diffusion, trajectories, _reward, pulse.Say, pulse.Stop);
        };

    public void Dispose() => _reward?.Dispose();
}
