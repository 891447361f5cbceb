using System.CommandLine;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Experiments.Rubric;

namespace Labeler.TrainingEngine.Commands;

public sealed partial class ReproduceOptions
{
    /// <summary>The settings of the rubric evaluation; what D3PO has, too, is asked for as D3PO's is.</summary>
    public RubricOptions OfRubric(ParseResult parsed)
    {
        Refuse(parsed, "rubric",
            [_epochs, _images, _replay, _across, _forSignal, _ties, _allLayers, _seeds, _algorithms, _precision, _policyEpochs,
                .. _d3po.OfAlgorithmAlone]);
        var defaults = new RubricOptions();
        D3poOptions updates =
            _d3po.Read(parsed,
                new D3poOptions
                {
                    LearningRate = defaults.Tuning.LearningRate,
                    ImagesPerStep = defaults.Tuning.ImagesPerStep,
                    WarmUpSteps = defaults.Tuning.WarmUpSteps
                });
        return defaults with
        {
            Scenes = parsed.GetValue(_scenes) ?? defaults.Scenes,
            EvaluationImages = parsed.GetValue(_evaluation) ?? defaults.EvaluationImages,
            Raters = parsed.GetValue(_raters) ?? defaults.Raters,
            Annotator = Annotator(parsed, defaults.Annotator),
            Steps = parsed.GetValue(_steps) ?? defaults.Steps,
            Guidance = parsed.GetValue(_guidance),
            Tuning = defaults.Tuning with
            {
                LearningRate = updates.LearningRate,
                AdamBeta1 = updates.AdamBeta1,
                AdamBeta2 = updates.AdamBeta2,
                AdamEpsilon = updates.AdamEpsilon,
                WeightDecay = updates.WeightDecay,
                MaxGradientNorm = updates.MaxGradientNorm,
                ImagesPerStep = updates.ImagesPerStep,
                Seed = updates.Seed,
                Steps = parsed.GetValue(_trainingSteps) ?? defaults.Tuning.Steps,
                EvaluateEvery = parsed.GetValue(_evaluateEvery) ?? defaults.Tuning.EvaluateEvery,
                WarmUpSteps = updates.WarmUpSteps,
            },
            Trained = defaults.Trained with { Rank = parsed.GetValue(_rank) ?? defaults.Trained.Rank },
        };
    }
}
