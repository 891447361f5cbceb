using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>What a finished run of D3PO left behind.</summary>
/// <param name="Timesteps">Metrics per timestep of every inner epoch.</param>
public sealed record D3poResult(string Checkpoint, string Weights, IReadOnlyList<TimestepMetrics> Timesteps)
    : TrainingResult(Checkpoint, Weights);

/// <summary>D3PO (arXiv 2311.13231): judged trajectories in, the next policy out.</summary>
public sealed class D3poAlgorithm() : Algorithm<D3poOptions>("d3po")
{
    /// <inheritdoc />
    public override UpdateOptions Defaults(string modelFolder) => ModelDefaults.Read(modelFolder);

    /// <inheritdoc />
    public override D3poResult Run(EpochRun run, D3poOptions options)
    {
        var (model, epoch, place) = (run.Model, run.Epoch, run.Place);
        var preferences = epoch.Preferences;
        Check(preferences);
        var alike = options.HoldAlike && options.Mode == D3poMode.Grouped ? JudgedAlike.Groups(epoch) : [];
        using var data = new EpochData(
            epoch.Trajectories, preferences.SelectMany(pair => new[] { pair.Group, pair.LoserGroup }).Concat(alike), model,
            place.CheckHashes ? TrajectoryHashes.Of(model, run.Trained.From) : null, epoch.Replayed);
        Check(preferences, epoch.Trajectories, data);
        var learned = options.ColorBlind ? ColorBlindVotes.Of(preferences, data.Colors) : preferences;
        Check(learned);
        var plan = D3poPlan.Make([.. learned, .. JudgedAlike.Pairs(alike, data)], options, options.TrainedSteps(data));
        D3poObjective? objective = null;
        var result = TrainingLoop.Run(model, new TrainingRun
        {
            Algorithm = Info.Name,
            Updates = options,
            Data = new
            {
                Preferences = preferences,
                epoch.Replayed,
                Trajectories = epoch.Trajectories.Select(path => new { Name = Path.GetFileName(path), Length = LengthOf(path) })
            },
            Trained = run.Trained,
            Memory = MemoryPlan.For(model, data.Origin, place, run.Trained),
            Place = place,
        }, context => objective = Objective(run, data, plan, options, context), run.Stop);
        return new D3poResult(result.Checkpoint, result.Weights, objective!.Timesteps);
    }

    /// <inheritdoc />
    protected override D3poOptions OfProject(D3poOptions options, TrainingOptions settings, bool learnedReward) => options with
    {
        Mode = settings.Loop == UpdateMode.Official ? D3poMode.Official : D3poMode.Grouped,
        Beta = settings.Beta,
        Epsilon = settings.Clamp,
        OneSidedClamp = settings.OneSidedClamp,
        InnerEpochs = settings.Passes,
        FirstStep = settings.FirstStep,
        LastStep = settings.LastStep ?? -1,
        StepFraction = settings.StepFraction,
        KlToPrevious = settings.KlWeight,
        KlToBase = settings.BaseKlWeight,
        HoldColor = settings.HoldColor,
        ColorBlind = settings.ColorBlind,
        Redraw = settings.Redraw,
        HoldAlike = settings.HoldAlike,
        ImagesPerStep = settings.ImagesPerStep,
    };

    private static D3poObjective Objective(
        EpochRun run, EpochData data, IReadOnlyList<PlannedStep> plan, D3poOptions options, ObjectiveContext context)
    {
        var policy = Policy.Of(run.Model, data, options.DetachUnconditional, context.Memory.Recompute);
        var means = new MeansOfPolicy(policy, data, plan, context.Memory.ImagesAtOnce, context.Ranks, options.Redraw);
        if (options.Redraw)
        {
            data.Redraw(options.Seed);
        }
        // A first epoch was sampled by the base model: what the one is asked at every step is the other's answer, too.
        var sampledByBase = run.Trained.From is null && options.Redraw && options.Mode == D3poMode.Grouped;
        if (options.NeedsBase && !sampledByBase)
        {
            using var asBase = context.AsBase();
            means.Keep(ofBase: true, context.Threads, run.Stop);
        }
        // Grouped steps that are drawn anew ask the policy that sampled one optimizer step at a time.
        if (options.Redraw ? options.Mode == D3poMode.Official : options.KlToPrevious > 0)
        {
            means.Keep(ofBase: false, context.Threads, run.Stop);
        }
        return new D3poObjective(policy, data, plan, options, context.Memory.ImagesAtOnce, run.Place.Report)
        {
            SampledByBase = sampledByBase
        };
    }

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static void Check(IReadOnlyList<PreferencePair> preferences)
    {
        if (preferences.Count == 0)
        {
            throw new NothingToLearnException("no two images that can be compared were judged differently");
        }
        if (preferences.FirstOrDefault(preference => !double.IsFinite(preference.Weight) || preference.Weight <= 0) is { } wrong)
        {
            throw new EngineException($"a preference of group {wrong.Group} weighs {wrong.Weight}; a weight is a number above 0");
        }
    }

    private static void Check(IReadOnlyList<PreferencePair> preferences, IReadOnlyList<string> trajectories, EpochData data)
    {
        foreach (var pair in preferences)
        {
            Check(pair, pair.Group, pair.Winner, trajectories, data);
            Check(pair, pair.LoserGroup, pair.Loser, trajectories, data);
        }
    }

    private static void Check(PreferencePair pair, int group, int image, IReadOnlyList<string> trajectories, EpochData data)
    {
        var images = data.Sizes[group];
        if (image < 0 || image >= images || (pair.Winner == pair.Loser && pair.Group == pair.LoserGroup))
        {
            throw new EngineException(
                $"a preference of group {group} sets image {pair.Winner} against {pair.Loser}; {trajectories[group]} has {images} images");
        }
    }
}
