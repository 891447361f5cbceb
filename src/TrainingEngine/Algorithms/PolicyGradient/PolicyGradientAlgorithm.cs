using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.PolicyGradient;

/// <summary>A policy gradient: rewarded trajectories in, the next policy out.</summary>
public abstract class PolicyGradientAlgorithm<T>(string name) : Algorithm<T>(name) where T : PolicyGradientOptions, new()
{
    /// <inheritdoc />
    public override TrainingResult Run(EpochRun run, T options)
    {
        var (model, epoch, place) = (run.Model, run.Epoch, run.Place);
        var greedy = options.Baseline == Baseline.Greedy ? run.Greedy?.Invoke() : null;
        var tracker = run.Tracker ?? new PerPromptStatTracker(options.StatisticsBuffer, options.StatisticsMinimum);
        var images = Advantages.Of(epoch, options.Baseline, tracker, greedy);
        using var data = new EpochData(
            epoch.Trajectories, images.Select(image => image.Group), model, place.CheckHashes
                ? TrajectoryHashes.Of(model, run.Trained.From) : null);
        return TrainingLoop.Run(model, new TrainingRun
        {
            Algorithm = Info.Name,
            Updates = options,
            Data = new { Images = images, Trajectories = epoch.Trajectories.Select(Path.GetFileName) },
            Trained = run.Trained,
            Memory = MemoryPlan.For(model, data.Origin, place, run.Trained),
            Place = place,
        }, context => new PolicyGradientObjective(model, data, images, options, LossOf(options), context.Memory), run.Stop);
    }

    /// <summary>The loss of an image at one timestep.</summary>
    protected abstract IPolicyLoss LossOf(T options);

    /// <inheritdoc />
    // Rewards from votes are centered in every group already, so all images share one mean and deviation; a learned reward is compared
    // within its prompt.
    protected override T OfProject(T options, TrainingOptions settings, bool learnedReward) => (T)(options with
    {
        Baseline = settings.Baseline switch
        {
            RewardBaseline.Prompt => Baseline.Prompt,
            RewardBaseline.Batch => Baseline.Batch,
            RewardBaseline.Group => Baseline.Group,
            RewardBaseline.Greedy => Baseline.Greedy,
            _ => learnedReward ? Baseline.Prompt : Baseline.Batch,
        },
        Clip = settings.RatioClip,
        InnerEpochs = settings.Passes,
        ImagesPerStep = settings.ImagesPerStep,
        TimestepsPerStep = settings.TimestepsPerStep,
        FirstStep = settings.FirstStep,
        LastStep = settings.LastStep ?? -1,
    });
}
