using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Algorithms.Dpok;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.MirrorWorld.Reproduction.Comparison;

/// <summary>One epoch's lesson.</summary>
/// <param name="Model">The base model.</param>
/// <param name="Epoch">Images and rewards.</param>
/// <param name="Preferences">The same judgements as pairs.</param>
/// <param name="Updates">Of D3PO; all take its learning rate and as many images in a step, and the policy gradients its sampling steps.</param>
/// <param name="Temperature">Of reward-weighted regression.</param>
/// <param name="Trained">What is trained, and the policy that sampled.</param>
/// <param name="Place">Where and how.</param>
/// <param name="Tracker">Running statistics of the run's prompts.</param>
/// <param name="Greedy">Makes the rewards by group of the images without noise.</param>
internal sealed record ComparedEpoch(
    StableDiffusion Model, RewardedEpoch Epoch, IReadOnlyList<PreferencePair> Preferences, D3poOptions Updates, double Temperature, TrainedPart Trained, RunOptions Place,
    PerPromptStatTracker Tracker, Func<IReadOnlyList<double>> Greedy, CancellationToken Stop);

/// <summary>An algorithm in a comparison: all take the same optimizer steps of the same size on the same number of images.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Learn">One epoch; returns the file of the next policy.</param>
internal sealed record ComparedAlgorithm(string Name, Func<ComparedEpoch, string> Learn)
{
    private static readonly ComparedAlgorithm[] All =
    [
        new("d3po", D3po),
        new("ddpo", lesson => Ddpo(lesson, new DdpoOptions())),
        new("ddpo-group", lesson => Ddpo(lesson, new DdpoOptions { Baseline = Baseline.Group })),
        new("ddpo-greedy", lesson => Ddpo(lesson, new DdpoOptions { Baseline = Baseline.Greedy })),
        new("dpok", lesson => DpokTraining.Run(lesson.Model, lesson.Epoch, As(lesson, new DpokOptions()), lesson.Trained, lesson.Place, lesson.Tracker, null, lesson.Stop).Weights),
        new("reward-weighted", lesson => Weighted(lesson, false)),
        new("reward-weighted-sparse", lesson => Weighted(lesson, true)),
        new("diffusion-dpo", DiffusionDpo),
        new("preferred", Preferred),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(one => one.Name)];

    /// <summary>Those that D3PO's figure 3 compares.</summary>
    public static IReadOnlyList<string> Default { get; } = ["d3po", "ddpo", "dpok", "reward-weighted"];

    /// <summary>The algorithm of a name.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public static ComparedAlgorithm Parse(string name) => Array.Find(All, one => one.Name == name)
        ?? throw new EngineException($"there is no algorithm {name}; there are {string.Join(", ", Names)}");

    private static T As<T>(ComparedEpoch lesson, T options) where T : PolicyGradientOptions => (T)(options with
    {
        LearningRate = lesson.Updates.LearningRate,
        ImagesPerStep = lesson.Updates.ImagesPerStep,
        TimestepsPerStep = 1,
        InnerEpochs = lesson.Updates.InnerEpochs,
        FirstStep = lesson.Updates.FirstStep,
        LastStep = lesson.Updates.LastStep,
        Seed = lesson.Updates.Seed,
    });

    private static string D3po(ComparedEpoch lesson)
    {
        var run = new D3poRun
        {
            Trajectories = lesson.Epoch.Trajectories,
            Preferences = lesson.Preferences,
            Options = lesson.Updates,
            Trained = lesson.Trained,
            Place = lesson.Place,
        };
        return D3poTraining.Run(lesson.Model, run, cancellation: lesson.Stop).Weights;
    }

    private static string Ddpo(ComparedEpoch lesson, DdpoOptions options) =>
        DdpoTraining.Run(lesson.Model, lesson.Epoch, As(lesson, options), lesson.Trained, lesson.Place, lesson.Tracker, options.Baseline == Baseline.Greedy ? lesson.Greedy() : null, lesson.Stop).Weights;

    private static string Weighted(ComparedEpoch lesson, bool sparse)
    {
        var options = Repeated(lesson, new RewardWeightedOptions { Sparse = sparse, Temperature = lesson.Temperature }, lesson.Epoch.Rewarded.Count);
        return RewardWeightedTraining.Run(lesson.Model, lesson.Epoch, options, lesson.Trained, lesson.Place, lesson.Stop).Weights;
    }

    private static string Preferred(ComparedEpoch lesson)
    {
        var pairs = lesson.Preferences;
        var options = Repeated(lesson, new PreferredOptions(), PreferredTraining.Preferred(pairs).Count);
        return PreferredTraining.Run(lesson.Model, lesson.Epoch.Trajectories, pairs, options, lesson.Trained, lesson.Place, lesson.Stop).Weights;
    }

    private static string DiffusionDpo(ComparedEpoch lesson)
    {
        var pairs = lesson.Preferences;
        var options = Repeated(lesson, new DiffusionDpoOptions(), pairs.Count);
        return DiffusionDpoTraining.Run(lesson.Model, lesson.Epoch.Trajectories, pairs, options, lesson.Trained, lesson.Place, lesson.Stop).Weights;
    }

    // As many optimizer steps as the policy gradients take on the epoch's images.
    private static T Repeated<T>(ComparedEpoch lesson, T options, int items) where T : Algorithms.Denoising.PassOptions
    {
        var (updates, each, images) = (lesson.Updates, lesson.Updates.ImagesPerStep, lesson.Epoch.Rewarded.Count);
        var steps = (updates.LastStep - updates.FirstStep + 1) * ((images + each - 1) / each) * updates.InnerEpochs;
        var batch = Math.Clamp(items, 1, each);
        var passSteps = (items + batch - 1) / batch;
        return (T)(options with
        {
            LearningRate = updates.LearningRate,
            ImagesPerStep = batch,
            InnerEpochs = Math.Max(1, (int)Math.Round((double)steps / passSteps)),
            Seed = updates.Seed,
        });
    }
}
