using Labeler.Shared.Imaging;
using Labeler.Shared.Rewards;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>
/// Learns a reward from judged pairs: Bradley–Terry on some groups, accuracy on the others. No pass is picked out by its
/// accuracy; what is reported is the accuracy of the last. Where prompts are known by their texts, how often it is right about prompts that
/// it has never seen is measured too, as the papers' test sets are of new prompts (ImageReward, arXiv 2304.05977, 3.1; PickScore,
/// 2305.01569, section 2; HPSv2, 2306.09341, 3.3). Deviations: prompts are held out in turn, as a project has few of them; people's ties
/// give no pair.
/// </summary>
public static class RewardModelTraining
{
    /// <summary>Trains a reward model and measures it on groups that it has not seen.</summary>
    /// <param name="pictures">All images, each 64 × 64 or to be brought there.</param>
    /// <param name="pairs">Judgements of them.</param>
    /// <param name="options">Settings.</param>
    /// <param name="report">Takes a line for each pass of each training.</param>
    /// <param name="stop">Looked at between steps.</param>
    /// <param name="inputs">What it leans on besides; nothing where null.</param>
    /// <exception cref="EngineException">There are too few groups, or the numbers are lost.</exception>
    public static RewardModel Run(
        IReadOnlyList<Func<Picture>> pictures, IReadOnlyList<JudgedPair> pairs, RewardModelOptions options, Action<string> report,
            CancellationToken stop, RewardInputs? inputs = null)
    {
        options.Validate();
        inputs ??= RewardInputs.None;
        var plan = RewardPlan.Of(pairs, options, inputs.Texts is not null);
        var tower = inputs.Tower is { } file ? new ImageTower(file) : null;
        try
        {
            using var scope = NewDisposeScope();
            var examples = RewardExamples.Of(pictures, pairs, inputs, tower, stop);
            // Smaller parts first, so that the curve grows before one's eyes.
            List<(IReadOnlyList<JudgedPair> Pairs, IReadOnlyList<(int Group, bool IsRight)> Right)> curve = [];
            foreach (var part in plan.Parts)
            {
                using var network = RewardFitting.Fit(examples, part, options, report, stop);
                curve.Add((part, RewardFitting.Ask(network, examples, plan.HeldOut)));
            }
            List<(int Group, bool IsRight)> newPrompts = [];
            foreach (var (learned, asked) in plan.Folds)
            {
                using var network = RewardFitting.Fit(examples, learned, options, line => report($"{line}, of other prompts"), stop);
                newPrompts.AddRange(RewardFitting.Ask(network, examples, asked));
            }
            var kept = RewardFitting.Fit(examples, plan.Learned, options, report, stop);
            curve.Add((plan.Learned, RewardFitting.Ask(kept, examples, plan.HeldOut)));
            var figures = LearningCurve.Of(curve) with
            {
                NewPrompts = newPrompts.Count > 0 ? CountedPairs.From(RewardModel.Share(newPrompts)) : null,
            };
            Func<Models.StableDiffusion>? encoder = inputs.Texts is { } texts ? () => texts : null;
            return new RewardModel(kept, new KnownPrompts(examples.Rows, figures, encoder), figures, plan.Learned.Count)
            {
                Tower = tower,
                TextModel = inputs.Texts is null ? null : inputs.Model,
            };
        }
        catch
        {
            tower?.Dispose();
            throw;
        }
    }
}
