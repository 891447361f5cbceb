using System.CommandLine;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Experiments.Rlhf;

namespace Labeler.TrainingEngine.Commands;

public sealed partial class ReproduceOptions
{
    /// <summary>The settings of the classic way against D3PO; epochs are rounds of votes.</summary>
    public RlhfOptions OfRlhf(ParseResult parsed, string model)
    {
        Refuse(parsed, "rlhf", [_replay, _across, _forSignal, _ties, _algorithms, _precision, _scenes, _trainingSteps, _evaluateEvery]);
        var defaults = new RlhfOptions();
        return defaults with
        {
            Seeds = parsed.GetValue(_seeds) ?? defaults.Seeds,
            Rounds = parsed.GetValue(_epochs) ?? defaults.Rounds,
            Images = parsed.GetValue(_images) ?? defaults.Images,
            PolicyEpochs = parsed.GetValue(_policyEpochs) ?? defaults.PolicyEpochs,
            EvaluationImages = parsed.GetValue(_evaluation) ?? defaults.EvaluationImages,
            Raters = parsed.GetValue(_raters) ?? defaults.Raters,
            Annotator = Annotator(parsed, defaults.Annotator),
            Steps = parsed.GetValue(_steps) ?? defaults.Steps,
            Guidance = parsed.GetValue(_guidance),
            D3po = _d3po.Read(parsed, ModelDefaults.Read(model)),
            Trained = Part(parsed),
        };
    }
}
