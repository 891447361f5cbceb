using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Algorithms.DiffusionKto;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Experiments.Comparison;

/// <summary>An algorithm in a comparison: all take the same optimizer steps of the same size on the same number of images.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Algorithm">Name of the algorithm that it is a variant of.</param>
/// <param name="Change">What the variant changes about its settings; given the temperature of reward-weighted regression.</param>
internal sealed record ComparedAlgorithm(string Name, string Algorithm, Func<UpdateOptions, double, UpdateOptions> Change)
{
    private static readonly ComparedAlgorithm[] Variants =
    [
        new("ddpo-group", "ddpo", (options, _) => (DdpoOptions)options with { Baseline = Baseline.Group }),
        new("ddpo-greedy", "ddpo", (options, _) => (DdpoOptions)options with { Baseline = Baseline.Greedy }),
        new("reward-weighted", "reward-weighted",
            (options, temperature) => (RewardWeightedOptions)options with { Temperature = temperature }),
        new("reward-weighted-sparse", "reward-weighted",
            (options, temperature) => (RewardWeightedOptions)options with { Temperature = temperature, Sparse = true }),
    ];

    private static readonly ComparedAlgorithm[] All =
    [
        .. Algorithms.Algorithm.All.Select(one => one.Info.Name).SelectMany(name =>
            Variants.Any(variant => variant.Name == name) ? Variants.Where(variant => variant.Algorithm == name)
            : Variants.Where(variant => variant.Algorithm == name).Prepend(new(name, name, (options, _) => options))),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(one => one.Name)];

    /// <summary>Those that D3PO's figure 3 compares.</summary>
    public static IReadOnlyList<string> Default { get; } = ["d3po", "ddpo", "dpok", "reward-weighted"];

    /// <summary>The algorithm of a name.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public static ComparedAlgorithm Parse(string name) => Array.Find(All, one => one.Name == name)
        ?? throw new EngineException($"there is no algorithm {name}; there are {string.Join(", ", Names)}");

    /// <summary>Learns one epoch; returns the file of the next policy.</summary>
    /// <param name="run">What is learned from.</param>
    /// <param name="updates">Of D3PO; all take its learning rate and as many images in a step, and the policy gradients its sampling
    /// steps.</param>
    /// <param name="temperature">Of reward-weighted regression.</param>
    public string Learn(EpochRun run, D3poOptions updates, double temperature)
    {
        var algorithm = Algorithms.Algorithm.Find(Algorithm);
        return algorithm.Run(run, Change(AsD3po(algorithm.Standard, run, updates), temperature)).Weights;
    }

    private static UpdateOptions AsD3po(UpdateOptions options, EpochRun run, D3poOptions updates) => options switch
    {
        D3poOptions => updates,
        PolicyGradientOptions stepwise => stepwise.WithUpdatesOf(updates),
        PassOptions passes => Repeated(passes, run, updates),
        _ => throw new EngineException(
            $"{options.GetType().Name} cannot be compared: it is not known how many images it learns from in a step"),
    };

    // As many optimizer steps as the policy gradients take on the epoch's images.
    private static PassOptions Repeated(PassOptions options, EpochRun run, D3poOptions updates)
    {
        var (epoch, each, images) = (run.Epoch, updates.ImagesPerStep, run.Epoch.Rewarded.Count);
        var items = options switch
        {
            RewardWeightedOptions => images,
            DiffusionKtoOptions => epoch.Verdicts.Count,
            PreferredOptions => PreferredAlgorithm.Preferred(epoch.Preferences).Count,
            _ => epoch.Preferences.Count,
        };
        var steps = (updates.LastStep - updates.FirstStep + 1) * ((images + each - 1) / each) * updates.InnerEpochs;
        var batch = Math.Clamp(items, 1, each);
        return options with
        {
            LearningRate = updates.LearningRate,
            ImagesPerStep = batch,
            InnerEpochs = Math.Max(1, (int)Math.Round((double)steps / ((items + batch - 1) / batch))),
            Seed = updates.Seed,
        };
    }
}
