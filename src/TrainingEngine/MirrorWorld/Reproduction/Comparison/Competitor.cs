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
/// <param name="Options">Of the comparison.</param>
/// <param name="Seed">Of the order.</param>
/// <param name="Trained">What is trained, and the policy that sampled.</param>
/// <param name="Place">Where and how.</param>
/// <param name="Tracker">Running statistics of the run's prompts.</param>
/// <param name="Greedy">Makes the rewards by group of the images without noise.</param>
internal sealed record Lesson(
    StableDiffusion Model, RewardedEpoch Epoch, ComparisonOptions Options, int Seed, TrainedPart Trained, TrainingPlace Place, PerPromptStatTracker Tracker,
    Func<IReadOnlyList<double>> Greedy, CancellationToken Stop);

/// <summary>An algorithm in a comparison: all take the same optimizer steps of the same size on the same number of images.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Learn">One epoch; returns the file of the next policy.</param>
internal sealed record Competitor(string Name, Func<Lesson, string> Learn)
{
    private static readonly Competitor[] All =
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
    public static Competitor Parse(string name) => Array.Find(All, one => one.Name == name)
        ?? throw new EngineException($"there is no algorithm {name}; there are {string.Join(", ", Names)}");

    private static int TrainedSteps(ComparisonOptions options) => options.LastStep - options.FirstStep + 1;

    private static T As<T>(Lesson lesson, T options) where T : PolicyGradientOptions => (T)(options with
    {
        LearningRate = lesson.Options.D3po.LearningRate,
        ImagesPerStep = lesson.Options.D3po.ImagesPerStep,
        TimestepsPerStep = 1,
        InnerEpochs = lesson.Options.D3po.InnerEpochs,
        FirstStep = lesson.Options.FirstStep,
        LastStep = lesson.Options.LastStep,
        Seed = lesson.Seed,
    });

    private static string D3po(Lesson lesson)
    {
        var run = new D3poRun
        {
            Trajectories = lesson.Epoch.Trajectories,
            Preferences = lesson.Epoch.Preferences,
            Options = lesson.Options.D3po with { FirstStep = lesson.Options.FirstStep, LastStep = lesson.Options.LastStep, Seed = lesson.Seed },
            Trained = lesson.Trained,
            Place = lesson.Place,
        };
        return D3poTraining.Run(lesson.Model, run, cancellation: lesson.Stop).Weights;
    }

    private static string Ddpo(Lesson lesson, DdpoOptions options) =>
        DdpoTraining.Run(lesson.Model, lesson.Epoch, As(lesson, options), lesson.Trained, lesson.Place, lesson.Tracker, options.Baseline == Baseline.Greedy ? lesson.Greedy() : null, lesson.Stop).Weights;

    private static string Weighted(Lesson lesson, bool sparse)
    {
        var options = Repeated(lesson, new RewardWeightedOptions { Sparse = sparse, Temperature = lesson.Options.Task.Temperature }, lesson.Epoch.Rewarded.Count);
        return RewardWeightedTraining.Run(lesson.Model, lesson.Epoch, options, lesson.Trained, lesson.Place, lesson.Stop).Weights;
    }

    private static string Preferred(Lesson lesson)
    {
        var pairs = lesson.Epoch.Preferences;
        var options = Repeated(lesson, new PreferredOptions(), PreferredTraining.Preferred(pairs).Count);
        return PreferredTraining.Run(lesson.Model, lesson.Epoch.Trajectories, pairs, options, lesson.Trained, lesson.Place, lesson.Stop).Weights;
    }

    private static string DiffusionDpo(Lesson lesson)
    {
        var pairs = lesson.Epoch.Preferences;
        var options = Repeated(lesson, new DiffusionDpoOptions(), pairs.Count);
        return DiffusionDpoTraining.Run(lesson.Model, lesson.Epoch.Trajectories, pairs, options, lesson.Trained, lesson.Place, lesson.Stop).Weights;
    }

    // As many optimizer steps as the policy gradients take on the epoch's images.
    private static T Repeated<T>(Lesson lesson, T options, int items) where T : Algorithms.Denoising.PassOptions
    {
        var each = lesson.Options.D3po.ImagesPerStep;
        var images = lesson.Epoch.Rewarded.Count;
        var steps = TrainedSteps(lesson.Options) * ((images + each - 1) / each) * lesson.Options.D3po.InnerEpochs;
        var batch = Math.Min(each, items);
        var passSteps = (items + batch - 1) / batch;
        return (T)(options with
        {
            LearningRate = lesson.Options.D3po.LearningRate,
            ImagesPerStep = batch,
            InnerEpochs = Math.Max(1, (int)Math.Round((double)steps / passSteps)),
            Seed = lesson.Seed,
        });
    }
}
