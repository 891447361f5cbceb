using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms;

/// <summary>Settings of the algorithms that learn at the sampling steps of stored trajectories.</summary>
public abstract record StepwiseOptions : UpdateOptions
{
    [Description("passes over the images"), Range(1, 10_000)]
    public int InnerEpochs { get; init; } = 1;

    [Description("first sampling step trained on, counted from 0 (the noisiest)"), Range(0, 999)]
    public int FirstStep { get; init; }

    [Description("last sampling step trained on; −1 is the trajectory's last"), Range(-1, 999)]
    public int LastStep { get; init; } = -1;

    [Description("no gradient through the unconditional branch of the guidance: a quarter less work, another gradient")]
    public bool DetachUnconditional { get; init; }

    [Description("largest deviation of a log-ratio from 0 before the first update; more means another model's trajectories"),
        Range(0.0, 10.0)]
    public double RatioTolerance { get; init; } = 1e-3;

    /// <summary>Whether a sampling step's loss counts at all.</summary>
    protected virtual bool Counts(int step) => true;

    /// <summary>The sampling steps that are trained on, of a trajectory of <paramref name="steps"/> steps.</summary>
    /// <exception cref="EngineException">None is left.</exception>
    public int[] TrainedSteps(int steps)
    {
        var last = LastStep < 0 ? steps - 1 : Math.Min(LastStep, steps - 1);
        var trained = Enumerable.Range(0, steps).Where(step => step >= FirstStep && step <= last && Counts(step)).ToArray();
        return trained.Length > 0 ? trained : throw new EngineException(
            $"no sampling step to train on: the trajectories have steps 0 to {steps - 1}, the options ask for {FirstStep} to {last}");
    }

    // Outside of a window there is no noise, and none at CPS's last step: nobody who leaves the last step open means those.
    private int[] Noisy(int[] steps, EpochData data)
    {
        var (window, origin) = (data.Origin.Window, data.Origin);
        int[] noisy = [.. steps.Where(step => window.Has(step)
            && !(LastStep < 0 && origin.FlowNoise == FlowNoise.Cps && step == data.Timesteps.Length - 1))];
        return noisy.Length > 0 ? noisy : throw new EngineException(
            $"no sampling step to train on: noise was added at steps {window.First} to {window.First + window.Count - 1}, the options ask "
                + $"for {steps[0]} to {steps[^1]}");
    }

    /// <summary>The sampling steps of an epoch that are trained on.</summary>
    /// <exception cref="EngineException">None is left, or one has no noise.</exception>
    internal int[] TrainedSteps(EpochData data)
    {
        var policy = data.Steps;
        var steps = Noisy(TrainedSteps(data.Timesteps.Length), data);
        return steps.FirstOrDefault(step => policy.IsDeterministic(data.Timesteps[step]), -1) is var still and >= 0
            ? throw new EngineException(
                $"sampling step {still} (timestep {data.Timesteps[still]}) has no noise under this model's schedule, so nothing can be "
                    + $"learned there; "
                + $"leave it out with --last-step {still - 1}")
            : steps;
    }
}
