using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.DiffusionKto;

/// <summary>
/// Diffusion-KTO (arXiv 2404.04465, equation 8): each image alone was judged good or bad, and the model is to gain on the
/// reference's error for good ones and to lose for bad ones, as far as a person's utility follows. The reference is the model
/// before the first step.
/// </summary>
/// <remarks>
/// Where the authors' program draws good and bad images so that each kind has its share, all images are gone through here and
/// their weights give each kind that share.
/// </remarks>
public sealed class DiffusionKtoAlgorithm() : PassAlgorithm<DiffusionKtoOptions>("diffusion-kto")
{
    /// <inheritdoc />
    public override TrainingResult Run(EpochRun run, DiffusionKtoOptions options)
    {
        var (model, trajectories, verdicts) = (run.Model, run.Epoch.Trajectories, run.Epoch.Verdicts);
        var weights = Weights(verdicts, options.GoodShare);
        using var latents = CleanLatents.OfTrajectories(model, trajectories, [.. verdicts.Select(one => (one.Group, one.Image))]);
        JudgedLatent[] images = [.. verdicts.Zip(weights, (verdict, weight) => new JudgedLatent(verdict.Good, weight))];
        return TrainingLoop.Run(model, new TrainingRun
        {
            Algorithm = Info.Name,
            Updates = options,
            Data = new { Verdicts = verdicts, Trajectories = trajectories.Select(Path.GetFileName) },
            Trained = run.Trained,
            Memory = MemoryPlan.For(model, latents.Width, latents.Height, 1, run.Place, run.Trained),
            Place = run.Place,
        }, context => new DiffusionKtoObjective(model, latents, images, options, context.Memory), run.Stop);
    }

    /// <summary>The weights of images, in order: their own, scaled so that good ones have their share; they sum up to the images.</summary>
    /// <exception cref="NothingToLearnException">There are not both kinds.</exception>
    public static double[] Weights(IReadOnlyList<ImageVerdict> verdicts, double goodShare)
    {
        var (good, bad) = (verdicts.Where(one => one.Good).Sum(one => one.Weight), verdicts.Where(one => !one.Good).Sum(one => one.Weight));
        return good > 0 && bad > 0
            ? [.. verdicts.Select(one => verdicts.Count * one.Weight * (one.Good ? goodShare / good : (1 - goodShare) / bad))]
            : throw new NothingToLearnException("images judged good and images judged bad are needed, at least one of each");
    }

    /// <inheritdoc />
    protected override DiffusionKtoOptions OfProject(DiffusionKtoOptions options, TrainingOptions settings, bool learnedReward) =>
        base.OfProject(options, settings, learnedReward) with
        {
            Beta = settings.DiffusionKtoBeta,
            GoodShare = settings.DiffusionKtoGoodShare,
            Utility = settings.DiffusionKtoUtility switch
            {
                KtoUtility.LossAverse => Utility.LossAverse,
                KtoUtility.RiskSeeking => Utility.RiskSeeking,
                _ => Utility.KahnemanTversky,
            },
        };
}
