using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>
/// The loop of every algorithm: optimizer steps, metrics, checkpoints, the result. A run that is stopped or killed goes on
/// from its last checkpoint when it is called again with the same input, and ends with the same weights to the last bit.
/// </summary>
public static class TrainingLoop
{
    /// <summary>Changes with what checkpoints hold: those of another format are not gone on from.</summary>
    public const int Format = 2;

    /// <summary>Trains. One thread of a process at a time.</summary>
    /// <param name="model">The base model, without an adapter; it is left as it was.</param>
    /// <param name="run">What is trained and where it writes.</param>
    /// <param name="make">Makes the objective on the model as it is trained.</param>
    /// <param name="stop">Stops between parts, after a checkpoint.</param>
    /// <exception cref="EngineException">The input does not fit, a value is not finite, or the disk is full. The last checkpoint
    /// stays.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the checkpoint is written.</exception>
    public static TrainingResult Run(StableDiffusion model, TrainingRun run, Func<ObjectiveContext, IObjective> make,
        CancellationToken stop = default)
    {
        run.Updates.Validate();
        using var session = new TrainingSession(model, run, make, stop);
        try
        {
            while (session.Position < session.Steps)
            {
                var progress = session.Step(stop);
                run.Place.Progress?.Invoke(progress);
                session.SaveWhenDue();
            }
        }
        catch (OperationCanceledException)
        {
            session.Save();
            throw;
        }
        return session.Finish();
    }
}
