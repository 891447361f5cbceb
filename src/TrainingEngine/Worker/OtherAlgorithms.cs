using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Algorithms.Dpok;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Worker;

/// <summary>The algorithms besides D3PO that learn from a judged epoch, by the name that a project's settings have.</summary>
internal static class OtherAlgorithms
{
    /// <summary>Trains on a judged epoch.</summary>
    /// <exception cref="EngineException">There is no such algorithm, or the training fails.</exception>
    public static TrainingResult Run(StableDiffusion model, Manifest manifest, JudgedEpoch epoch, TrainedPart trained, RunOptions place, CancellationToken stop)
    {
        var settings = manifest.Training;
        return manifest.Algorithm switch
        {
            "ddpo" => DdpoTraining.Run(model, epoch.Rewarded, Stepwise(manifest, new DdpoOptions()), trained, place, stop: stop),
            "dpok" => DpokTraining.Run(model, epoch.Rewarded, Stepwise(manifest, new DpokOptions { KlWeight = settings.DpokKlWeight }), trained, place, stop: stop),
            "reward-weighted" => RewardWeightedTraining.Run(
                model, epoch.Rewarded, Denoising(settings, new RewardWeightedOptions { Temperature = settings.RewardSharpness }), trained, place, stop),
            "diffusion-dpo" => DiffusionDpoTraining.Run(
                model, epoch.Trajectories, epoch.Preferences, Denoising(settings, new DiffusionDpoOptions { Beta = settings.DiffusionDpoBeta }), trained, place, stop),
            "preferred" => PreferredTraining.Run(model, epoch.Trajectories, epoch.Preferences, Denoising(settings, new PreferredOptions()), trained, place, stop),
            var other => throw new EngineException($"the project's algorithm '{other}' is unknown; choose another in its settings"),
        };
    }

    // Rewards from votes are centred in every group already, so all images share one mean and deviation; a learned reward is compared within its prompt.
    private static T Stepwise<T>(Manifest manifest, T options) where T : PolicyGradientOptions => (T)(Update(manifest.Training, options) with
    {
        Baseline = manifest.Reward is null ? Baseline.Batch : Baseline.Prompt,
        Clip = manifest.Training.RatioClip,
        InnerEpochs = manifest.Training.Passes,
        ImagesPerStep = manifest.Training.ImagesPerStep,
        FirstStep = manifest.Training.FirstStep,
        LastStep = manifest.Training.LastStep ?? -1,
    });

    private static T Denoising<T>(TrainingOptions settings, T options) where T : Algorithms.Denoising.PassOptions =>
        (T)(Update(settings, options) with { InnerEpochs = settings.Passes, ImagesPerStep = settings.ImagesPerStep });

    private static T Update<T>(TrainingOptions settings, T options) where T : UpdateOptions => (T)(options with
    {
        LearningRate = settings.LearningRate,
        WeightDecay = settings.WeightDecay,
        MaxGradientNorm = settings.MaxGradientNorm,
        Seed = (int)(settings.Seed & int.MaxValue),
    });
}
