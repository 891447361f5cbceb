using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms;

/// <summary>One epoch for an algorithm to learn from.</summary>
/// <param name="Model">The base model, without an adapter; it is left as it was.</param>
/// <param name="Epoch">Trajectories and judgements.</param>
/// <param name="Trained">What is trained, and the policy that sampled.</param>
/// <param name="Place">Where and how.</param>
/// <param name="Stop">Stops it, after a checkpoint.</param>
public sealed record EpochRun(StableDiffusion Model, JudgedEpoch Epoch, TrainedPart Trained, RunOptions Place,
    CancellationToken Stop = default)
{
    /// <summary>Running statistics of the prompts from earlier epochs, for algorithms that keep them.</summary>
    public PerPromptStatTracker? Tracker { get; init; }

    /// <summary>Makes the rewards by group of the images without noise, for algorithms that compare with them; null where nobody judged
    /// any.</summary>
    public Func<IReadOnlyList<double>>? Greedy { get; init; }
}

/// <summary>
/// A way to learn from a judged epoch. Command line, worker and experiments find all of them in <see cref="All"/>; a new one
/// needs a class here and a line in <see cref="AlgorithmInfo.All"/>, which is what the web application shows.
/// </summary>
public abstract class Algorithm(string name)
{
    /// <summary>All algorithms, in the order of <see cref="AlgorithmInfo.All"/>.</summary>
    public static IReadOnlyList<Algorithm> All { get; } = [.. AlgorithmInfo.All.Join(
        typeof(Algorithm).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Algorithm)))
            .Select(type => (Algorithm)Activator.CreateInstance(type)!),
        info => info.Name, algorithm => algorithm.Info.Name, (_, algorithm) => algorithm)];

    /// <summary>Its name, and what people read about it.</summary>
    public AlgorithmInfo Info { get; } = AlgorithmInfo.Find(name)
        ?? throw new InvalidOperationException($"AlgorithmInfo.All lacks a line for {name}.");

    /// <exception cref="EngineException">There is none of that name.</exception>
    public static Algorithm Find(string name) => All.FirstOrDefault(one => one.Info.Name == name)
        ?? throw new EngineException($"there is no algorithm {name}; there are {string.Join(", ", All.Select(one => one.Info.Name))}");

    /// <summary>The settings where nothing else is said.</summary>
    public abstract UpdateOptions Standard { get; }

    /// <summary>The settings that suit a model: the standard ones, but where its folder knows better.</summary>
    public virtual UpdateOptions Defaults(string modelFolder) => Standard;

    /// <summary>The authors' settings; null where none are kept.</summary>
    /// <param name="kind">Whether an adapter or the whole U-Net is trained.</param>
    public UpdateOptions? Published(AdapterKind kind)
    {
        var project = new ProjectSettings { Algorithm = Info.Name, Training = new() { Adapter = kind } };
        return PublishedSettings.Source(Info.Name) is null ? null : OfProject(PublishedSettings.Of(project).Training, learnedReward: true);
    }

    /// <summary>The settings of a project.</summary>
    /// <param name="settings">As its lead set them.</param>
    /// <param name="learnedReward">Whether a learned reward judges in the place of its votes.</param>
    public abstract UpdateOptions OfProject(TrainingOptions settings, bool learnedReward);

    /// <summary>Learns from an epoch; see <see cref="TrainingLoop.Run"/>.</summary>
    /// <param name="options">Of the algorithm's own type.</param>
    /// <exception cref="NothingToLearnException">The judgements say nothing.</exception>
    public abstract TrainingResult Run(EpochRun run, UpdateOptions options);
}

/// <summary>An algorithm with settings of one type.</summary>
public abstract class Algorithm<T>(string name) : Algorithm(name) where T : UpdateOptions, new()
{
    /// <inheritdoc />
    public override UpdateOptions Standard => new T();

    /// <inheritdoc />
    public sealed override UpdateOptions OfProject(TrainingOptions settings, bool learnedReward) =>
        OfProject(new T(), settings, learnedReward) with
        {
            LearningRate = settings.LearningRate,
            LearningRateDecay = settings.LearningRateDecay,
            WarmUpSteps = settings.WarmUpSteps,
            WeightDecay = settings.WeightDecay,
            MaxGradientNorm = settings.MaxGradientNorm,
            Seed = (int)(settings.Seed & int.MaxValue),
        };

    /// <inheritdoc />
    public sealed override TrainingResult Run(EpochRun run, UpdateOptions options)
    {
        options.Validate();
        // Prompts are encoded before the policy itself is laid on.
        using var texts = LoraAdapter.LoadTexts(run.Model, run.Trained.From);
        return Run(run, (T)options);
    }

    /// <summary>What a project sets of this algorithm alone.</summary>
    protected abstract T OfProject(T options, TrainingOptions settings, bool learnedReward);

    /// <summary>Learns from an epoch with valid settings.</summary>
    public abstract TrainingResult Run(EpochRun run, T options);
}
