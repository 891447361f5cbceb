using System.Text.Json;
using System.Text.Json.Serialization;
using Labeler.Shared;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Worker.Ranked;

/// <summary>The training of a job, prepared so far that several processes can do it without the database: all of it in one file.</summary>
internal sealed record TrainingOrder
{
    private static readonly JsonSerializerOptions Format = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Folder of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The project's.</summary>
    public required ComputeSettings Compute { get; init; }

    /// <summary>The worker's, which its ranks take in turn where the project names none.</summary>
    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>Name of the algorithm.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The project's.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>See <see cref="Algorithms.Algorithm.OfProject"/>.</summary>
    public required bool LearnedReward { get; init; }

    /// <summary>Trajectory file of each group.</summary>
    public required IReadOnlyList<string> Trajectories { get; init; }

    /// <inheritdoc cref="JudgedEpoch.Prompts"/>
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <inheritdoc cref="JudgedEpoch.Rewards"/>
    public required IReadOnlyList<double[]> Rewards { get; init; }

    /// <inheritdoc cref="JudgedEpoch.Preferences"/>
    public required IReadOnlyList<PreferencePair> Preferences { get; init; }

    /// <inheritdoc cref="JudgedEpoch.Verdicts"/>
    public required IReadOnlyList<ImageVerdict> Verdicts { get; init; }

    /// <inheritdoc cref="JudgedEpoch.Replayed"/>
    public required int Replayed { get; init; }

    /// <inheritdoc cref="TrainedPart.From"/>
    public required string? From { get; init; }

    /// <inheritdoc cref="TrainedPart.OptimizerFrom"/>
    public required string? OptimizerFrom { get; init; }

    /// <summary>Rewards that the prompts are remembered by; null where none are.</summary>
    public required IReadOnlyDictionary<string, double[]>? Remembered { get; init; }

    /// <summary>Rewards by group of the images without noise; null where nobody asks.</summary>
    public required IReadOnlyList<double>? Greedy { get; init; }

    /// <inheritdoc cref="RunOptions.Output"/>
    public required string Output { get; init; }

    /// <inheritdoc cref="RunOptions.Manifest"/>
    public required string Manifest { get; init; }

    /// <inheritdoc cref="RunOptions.Parent"/>
    public required string? Parent { get; init; }

    /// <summary>Least seconds between two checkpoints.</summary>
    public required double CheckpointSeconds { get; init; }

    /// <exception cref="LabelerException">It is no order.</exception>
    public static TrainingOrder Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingOrder>(File.ReadAllBytes(file), Format)
                ?? throw new EngineException($"{file} is no order of a training");
        }
        catch (JsonException error)
        {
            throw new EngineException($"{file} is no order of a training: {error.Message}", error);
        }
    }

    public void Write(string file) => File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(this, Format));

    /// <summary>What a project's settings train.</summary>
    public static TrainedPart PartOf(TrainingOptions training, string? from, string? optimizer) => training.Adapter == AdapterKind.Full
        ? new TrainedPart.WholeUNet { From = from, OptimizerFrom = optimizer }
        : new TrainedPart.Adapter(
            training.AllLayers ? LoraTargets.AllLinear | LoraTargets.Convolutions : LoraTargets.Attention, training.Rank)
        { From = from, OptimizerFrom = optimizer, Texts = training.TextEncoders };

    /// <summary>Where and how.</summary>
    [JsonIgnore]
    public RunOptions Place => new()
    {
        Output = Output,
        MicroBatch = Compute.MicroBatch,
        Recompute = Compute.Recompute,
        Manifest = Manifest,
        Parent = Parent,
        CheckpointEvery = TimeSpan.FromSeconds(CheckpointSeconds),
    };

    /// <summary>Does it, as one of the ranks.</summary>
    /// <param name="place">This order's, with the ranks and what the first of them tells.</param>
    public TrainingResult Train(RunOptions place, CancellationToken stop)
    {
        var ranks = place.Ranks;
        var device = Devices.Count == 0 ? "" : Devices[ranks.RankOnMachine % Devices.Count];
        var model = WorkerModel.Load(Model, ComputePlace.Of(Compute, device) with { Rank = ranks.RankOnMachine });
        var algorithm = Algorithms.Algorithm.Find(Algorithm);
        var options = algorithm.OfProject(Training, LearnedReward);
        var epoch = new JudgedEpoch(Trajectories, Prompts, Rewards) { Preferences = Preferences, Verdicts = Verdicts, Replayed = Replayed };
        return algorithm.Run(new EpochRun(model.Diffusion, epoch, PartOf(Training, From, OptimizerFrom), place, stop)
        {
            Tracker = Remembered is { } rewards && options is PolicyGradientOptions prompt ? Tracked(rewards, prompt) : null,
            Greedy = Greedy is { } greedy ? () => greedy : null,
        }, options);
    }

    private static PerPromptStatTracker Tracked(IReadOnlyDictionary<string, double[]> rewards, PolicyGradientOptions options)
    {
        var tracker = new PerPromptStatTracker(options.StatisticsBuffer, options.StatisticsMinimum);
        tracker.Recall(rewards);
        return tracker;
    }
}
