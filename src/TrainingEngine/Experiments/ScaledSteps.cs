using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>The sampling steps that are trained on, where there are more or fewer steps than a model's own settings count in.</summary>
internal static class ScaledSteps
{
    private const int StepsOfDefaults = 20;

    /// <summary>The same part of the way for another number of steps.</summary>
    public static D3poOptions ScaledTo(this D3poOptions options, int steps) => options with
    {
        FirstStep = options.FirstStep * steps / StepsOfDefaults,
        LastStep = options.LastStep < 0 ? steps - 1 : options.LastStep * steps / StepsOfDefaults,
    };

    /// <summary>A policy gradient's settings with the learning rate, steps and order of D3PO's.</summary>
    public static T WithUpdatesOf<T>(this T options, D3poOptions updates) where T : PolicyGradientOptions => (T)(options with
    {
        LearningRate = updates.LearningRate,
        ImagesPerStep = updates.ImagesPerStep,
        TimestepsPerStep = 1,
        InnerEpochs = updates.InnerEpochs,
        FirstStep = updates.FirstStep,
        LastStep = updates.LastStep,
        Seed = updates.Seed,
    });
}
