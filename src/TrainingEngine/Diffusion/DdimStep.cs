using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// One step of DDIM (Song et al. 2021, equations 12 and 16) as a Gaussian policy: x_{t−1} = mean + σ·noise, with the
/// log-probability of D3PO and DDPO, which is the <b>mean</b> over a latent's elements, not their sum. Everything is
/// computed in float32 and differentiable; timesteps may differ from row to row.
/// </summary>
/// <remarks>
/// Two variants of the last step are in use. D3PO clamps the previous timestep at 0 and takes ᾱ_0; diffusers goes below 0
/// to <see cref="NoiseSchedule.FinalAlphaCumprod"/>. They differ only where set_alpha_to_one is on. A step whose σ is 0
/// (eta 0, or the last one with steps_offset 0, where the published code returns NaN) is deterministic: it has no density,
/// <see cref="LogProbability"/> is 0 there for every policy, and <see cref="IsDeterministic"/> says so.
/// </remarks>
public sealed class DdimStep : IPolicyStep
{
    private static readonly double LogRootTwoPi = 0.5 * Math.Log(2 * Math.PI);
    private readonly NoiseSchedule _schedule;
    private readonly double _eta;
    private readonly bool _clampPrevious;

    /// <param name="schedule">The model's noise schedule.</param>
    /// <param name="steps">Sampling steps.</param>
    /// <param name="eta">Share of DDPM's noise: 1 samples the full Gaussian policy, 0 is deterministic.</param>
    /// <param name="clampPrevious">True for D3PO's last step, false for diffusers'.</param>
    /// <exception cref="EngineException">The number of steps or eta is impossible.</exception>
    public DdimStep(NoiseSchedule schedule, int steps, double eta = 1, bool clampPrevious = true)
    {
        if (eta is not (>= 0 and <= 1))
        {
            throw new EngineException($"eta is {eta}; 0 to 1 is possible");
        }

        (_schedule, _eta, _clampPrevious) = (schedule, eta, clampPrevious);
        Timesteps = schedule.Timesteps(steps);
        Stride = schedule.Options.TrainTimesteps / steps;
    }

    /// <summary>The timesteps from noise to image.</summary>
    public IReadOnlyList<int> Timesteps { get; }

    IReadOnlyList<long> IPolicyStep.Timesteps => [.. Timesteps.Select(timestep => (long)timestep)];

    /// <inheritdoc />
    public float TimeOf(long timestep) => timestep;

    /// <inheritdoc />
    public double Deviation(long timestep) => Sigma(timestep);

    /// <summary>Distance between a timestep and the one before it.</summary>
    public int Stride { get; }

    /// <summary>
    /// Variance of the step from a timestep at eta 1: (1−ᾱ_prev)/(1−ᾱ_t) · (1 − ᾱ_t/ᾱ_prev), in float32 as the originals
    /// compute it: the cancellation near t = 0 would show in log-probabilities otherwise.
    /// </summary>
    public double Variance(long timestep)
    {
        var (alpha, previous) = ((float)Alpha(timestep), (float)PreviousAlpha(timestep));
        return MathF.Max(0, (1 - previous) / (1 - alpha) * (1 - (alpha / previous)));
    }

    /// <summary>Standard deviation of the step from a timestep.</summary>
    public double Sigma(long timestep) => (float)_eta * MathF.Sqrt((float)Variance(timestep));

    /// <summary>True when the step from a timestep has no noise, hence no log-probability.</summary>
    public bool IsDeterministic(long timestep) => Sigma(timestep) < 1e-12;

    /// <summary>
    /// Mean of the next latent, [n, …] float32. <paramref name="sample"/> and <paramref name="modelOutput"/> (after
    /// guidance) are [n, …] of any floating type; <paramref name="timesteps"/> has n entries, or one for all.
    /// </summary>
    public Tensor Mean(Tensor sample, Tensor modelOutput, params long[] timesteps)
    {
        using var scope = NewDisposeScope();
        var (x, output) = (sample.to(float32), modelOutput.to(float32));
        Tensor mean = _schedule.Options.ClipSample
            ? (Scaled(Original(x, output, timesteps), timesteps, t => Math.Sqrt(PreviousAlpha(t)))
                + Combined(x, output, timesteps, t => Noise(t) switch { var (a, b) => (a * Direction(t), b * Direction(t)) }))
            : Combined(x, output, timesteps, MeanFactors);
        return mean.MoveToOuterDisposeScope();
    }

    /// <summary>The predicted x_0, [n, …] float32, clamped where the schedule says so.</summary>
    public Tensor Original(Tensor sample, Tensor modelOutput, params long[] timesteps)
    {
        using var scope = NewDisposeScope();
        Tensor original = Combined(sample.to(float32), modelOutput.to(float32), timesteps, Clean);
        double range = _schedule.Options.ClipSampleRange;
        return (_schedule.Options.ClipSample ? original.clamp(-range, range) : original).MoveToOuterDisposeScope();
    }

    /// <summary>The next latent for standard normal <paramref name="noise"/>: mean + σ·noise, [n, …] float32.</summary>
    public Tensor Next(Tensor mean, Tensor noise, params long[] timesteps)
    {
        using var scope = NewDisposeScope();
        return (mean + Scaled(noise.to(float32), timesteps, Sigma)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Log-probability of a stored next latent, [n] float32: the mean over its elements of log N(next; mean, σ²).
    /// Differentiable in <paramref name="mean"/> only. Zero for deterministic steps.
    /// </summary>
    public Tensor LogProbability(Tensor mean, Tensor next, params long[] timesteps)
    {
        using var scope = NewDisposeScope();
        long[] elements = [.. Enumerable.Range(1, (int)mean.dim() - 1).Select(dimension => (long)dimension)];
        Tensor squares = (next.detach().to(float32) - mean).pow(2).mean(elements); // [n]
        double Slope(long t) => IsDeterministic(t) ? 0 : -1 / (2 * Sigma(t) * Sigma(t));
        double Constant(long t) => IsDeterministic(t) ? 0 : -Math.Log(Sigma(t)) - LogRootTwoPi;
        Tensor logProbability = timesteps.Length == 1
            ? (squares * Slope(timesteps[0])) + Constant(timesteps[0])
            : (Scaled(squares, timesteps, Slope) + Factors(squares, timesteps, Constant));
        return logProbability.MoveToOuterDisposeScope();
    }

    private double Alpha(long timestep) => timestep >= 0 && timestep < _schedule.AlphasCumprod.Count
        ? _schedule.AlphasCumprod[(int)timestep]
        : throw new EngineException($"timestep {timestep} is not among the {_schedule.AlphasCumprod.Count} that this model was trained on");

    private double PreviousAlpha(long timestep) => timestep >= Stride
        ? Alpha(timestep - Stride)
        : _clampPrevious ? Alpha(0) : _schedule.FinalAlphaCumprod;

    /// <summary>Weight of the direction that points to x_t: √(1 − ᾱ_prev − σ²).</summary>
    private double Direction(long timestep) => Math.Sqrt(Math.Max(0, 1 - PreviousAlpha(timestep) - Math.Pow(Sigma(timestep), 2)));

    /// <summary>x_0 = a·x_t + b·output.</summary>
    private (double Sample, double Output) Clean(long timestep)
    {
        var (alphaRoot, betaRoot) = (Math.Sqrt(Alpha(timestep)), Math.Sqrt(1 - Alpha(timestep)));
        return _schedule.Options.Prediction switch
        {
            PredictionType.Epsilon => (1 / alphaRoot, -betaRoot / alphaRoot),
            PredictionType.VPrediction => (alphaRoot, -betaRoot),
            _ => (0, 1),
        };
    }

    /// <summary>ε = a·x_t + b·output.</summary>
    private (double Sample, double Output) Noise(long timestep)
    {
        var (alphaRoot, betaRoot) = (Math.Sqrt(Alpha(timestep)), Math.Sqrt(1 - Alpha(timestep)));
        return _schedule.Options.Prediction switch
        {
            PredictionType.Epsilon => (0, 1),
            PredictionType.VPrediction => (betaRoot, alphaRoot),
            _ => (1 / betaRoot, -alphaRoot / betaRoot),
        };
    }

    /// <summary>mean = √ᾱ_prev·x_0 + direction·ε, gathered into a·x_t + b·output.</summary>
    private (double Sample, double Output) MeanFactors(long timestep)
    {
        var (clean, noise) = (Clean(timestep), Noise(timestep));
        var (root, direction) = (Math.Sqrt(PreviousAlpha(timestep)), Direction(timestep));
        return ((root * clean.Sample) + (direction * noise.Sample), (root * clean.Output) + (direction * noise.Output));
    }

    private static Tensor Combined(Tensor sample, Tensor output, long[] timesteps, Func<long, (double Sample, double Output)> factors) =>
        Scaled(sample, timesteps, t => factors(t).Sample) + Scaled(output, timesteps, t => factors(t).Output);

    private static Tensor Scaled(Tensor rows, long[] timesteps, Func<long, double> factor) =>
        timesteps.Length == 1 ? rows * factor(timesteps[0]) : rows * Factors(rows, timesteps, factor);

    private static Tensor Factors(Tensor rows, long[] timesteps, Func<long, double> factor)
    {
        if (timesteps.Length != rows.shape[0])
        {
            throw new ArgumentException($"{timesteps.Length} timesteps are given for {rows.shape[0]} rows.");
        }

        float[] values = [.. timesteps.Select(t => (float)factor(t))];
        return tensor(values, [values.Length, .. Enumerable.Repeat(1L, (int)rows.dim() - 1)], device: rows.device);
    }
}
