using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// One epoch of D3PO (arXiv 2311.13231): judged trajectories in, the next policy out. Knows neither commands nor
/// databases. A run that is stopped or killed goes on from its last checkpoint when it is called again with the same
/// input, and ends with the same weights to the last bit.
/// </summary>
public static class D3poTraining
{
    /// <summary>Trains. One thread of a process at a time.</summary>
    /// <param name="model">The base model, without an adapter; it is left as it was.</param>
    /// <param name="run">What to learn from and where to write.</param>
    /// <param name="progress">Called after every optimizer step.</param>
    /// <param name="cancellation">Stops between micro-batches, after a checkpoint.</param>
    /// <exception cref="EngineException">The input does not fit, a value is not finite, or the disk is full. The last checkpoint stays.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the checkpoint is written.</exception>
    public static D3poResult Run(
        StableDiffusion model, D3poRun run, Action<D3poProgress>? progress = null, CancellationToken cancellation = default)
    {
        run.Options.Validate();
        CheckPreferences(run.Preferences);
        using var data = new EpochData(
            run.Trajectories, run.Preferences.Select(preference => preference.Group), model,
            run.Place.CheckHashes ? TrajectoryHashes.Of(model.Folder, run.Trained.From) : null, run.Replayed);
        CheckImages(run, data);
        var ddim = new DdimStep(NoiseSchedule.Load(Path.Combine(model.Folder, "scheduler")), data.Timesteps.Length, data.Origin.Eta);
        var trainedSteps = TrainedSteps(run.Options, data, ddim);
        var plan = D3poPlan.Make(run.Preferences, run.Options, trainedSteps);

        using var session = new D3poSession(model, run, data, ddim, plan, cancellation);
        try
        {
            while (session.Position < plan.Count)
            {
                var done = session.Step(cancellation);
                progress?.Invoke(done);
            }
        }
        catch (OperationCanceledException)
        {
            session.Save();
            throw;
        }
        return session.Finish();
    }

    private static void CheckPreferences(IReadOnlyList<PreferencePair> preferences)
    {
        if (preferences.Count == 0)
        {
            throw new NothingToLearnException("in no group do the verdicts of two images differ");
        }
        if (preferences.FirstOrDefault(preference => !double.IsFinite(preference.Weight) || preference.Weight <= 0) is { } wrong)
        {
            throw new EngineException($"a preference of group {wrong.Group} weighs {wrong.Weight}; a weight is a number above 0");
        }
    }

    private static void CheckImages(D3poRun run, EpochData data)
    {
        foreach (var preference in run.Preferences)
        {
            var images = data.Sizes[preference.Group];
            if (preference.Winner == preference.Loser || Math.Min(preference.Winner, preference.Loser) < 0 || Math.Max(preference.Winner, preference.Loser) >= images)
            {
                throw new EngineException(
                    $"a preference of group {preference.Group} sets image {preference.Winner} against {preference.Loser}; {run.Trajectories[preference.Group]} has {images} images");
            }
        }
    }

    private static int[] TrainedSteps(D3poOptions options, EpochData data, DdimStep ddim)
    {
        var steps = options.TrainedSteps(data.Timesteps.Length);
        return steps.FirstOrDefault(step => ddim.IsDeterministic(data.Timesteps[step]), -1) is var still and >= 0
            ? throw new EngineException(
                $"sampling step {still} (timestep {data.Timesteps[still]}) has no noise under this model's schedule, so nothing can be learned there; leave it out with --last-step {still - 1}")
            : steps;
    }
}
