using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion.Flow;

/// <summary>Which noise a flow model's steps add.</summary>
public enum FlowNoise
{
    /// <summary>None: Euler's method, without log-probabilities.</summary>
    None,

    /// <summary>The stochastic differential equation with the same marginals (Flow-GRPO, arXiv 2505.05470, equation 8).</summary>
    Sde,

    /// <summary>Coefficients-preserving sampling (arXiv 2509.05952): the noise's total share stays what the schedule says.</summary>
    Cps,
}

/// <summary>
/// One step of a flow model as a Gaussian policy, as Flow-GRPO's program has it: next = mean + spread · noise, with a
/// log-probability that is the <b>mean</b> over a latent's elements. For velocity v = noise − image and dt = σ_next − σ:
/// SDE: s = level·√(σ/(1 − σ)) (σ of the second step in the denominator where σ is 1), mean = x·(1 + s²/(2σ)·dt)
/// + v·(1 + s²(1 − σ)/(2σ))·dt, spread s·√−dt.
/// CPS: s = σ_next·sin(level·π/2), mean = (1 − σ_next)·(x − σv) + √(σ_next² − s²)·(x + (1 − σ)v), spread s, and the
/// log-probability −mean((next − mean)²), without variance.
/// </summary>
public sealed class FlowStep
{
    private static readonly float LogRootTwoPi = MathF.Log(MathF.Sqrt(2 * MathF.PI));
    private readonly IReadOnlyList<float> _sigmas;
    private readonly FlowNoise _noise;
    private readonly float _level;
    private readonly NoiseWindow _window;

    /// <param name="sigmas">Shares of noise, one more than there are steps.</param>
    /// <param name="noise">Which noise is added.</param>
    /// <param name="level">How much, 0 to 1; Flow-GRPO's is 0.7.</param>
    /// <param name="window">Which steps add it; the others are Euler's method.</param>
    /// <exception cref="EngineException">An impossible level or window.</exception>
    public FlowStep(IReadOnlyList<float> sigmas, FlowNoise noise, double level, NoiseWindow window = default)
    {
        if (level is not (>= 0 and <= 1))
        {
            throw new EngineException($"the noise level is {level}; 0 to 1 is possible");
        }

        (_sigmas, _noise, _level, _window) = (sigmas, noise, (float)level, window.Within(sigmas.Count - 1));
    }

    /// <summary>s above: the deviation without the step's length.</summary>
    public float Deviation(int step)
    {
        var (sigma, next) = (_sigmas[step], _sigmas[step + 1]);
        return NoiseOf(step) switch
        {
            FlowNoise.Sde => MathF.Sqrt(sigma / (1 - (sigma == 1 ? _sigmas[1] : sigma))) * _level,
            FlowNoise.Cps => next * MathF.Sin(_level * MathF.PI / 2),
            _ => 0,
        };
    }

    /// <summary>√−dt.</summary>
    public float RootLength(int step) => MathF.Sqrt(-(_sigmas[step + 1] - _sigmas[step]));

    /// <summary>Standard deviation of the noise that is added.</summary>
    public float Spread(int step) => NoiseOf(step) == FlowNoise.Sde ? Deviation(step) * RootLength(step) : Deviation(step);

    /// <summary>True when the step has no noise, hence no log-probability.</summary>
    public bool IsDeterministic(int step) => Spread(step) < 1e-12;

    /// <summary>The next latents' mean, float32.</summary>
    /// <param name="sample">[n, …] of any floating type.</param>
    /// <param name="velocity">[n, …], after guidance.</param>
    /// <param name="steps">Index of each row's step, or one for all.</param>
    public Tensor Mean(Tensor sample, Tensor velocity, params int[] steps)
    {
        using var scope = NewDisposeScope();
        var (x, v) = (sample.to(float32), velocity.to(float32));
        return ((x * Factors(x, steps, step => MeanFactors(step).Sample)) + (v * Factors(v, steps, step => MeanFactors(step).Velocity)))
            .MoveToOuterDisposeScope();
    }

    /// <summary>The next latents for standard normal noise, float32.</summary>
    public Tensor Next(Tensor mean, Tensor noise, params int[] steps)
    {
        using var scope = NewDisposeScope();
        return (mean + (noise.to(float32) * Factors(mean, steps, Spread))).MoveToOuterDisposeScope();
    }

    /// <summary>Log-probability of stored next latents, [n] float32; differentiable in <paramref name="mean"/> only. With CPS a
    /// score in its place; 0 for a step without noise.</summary>
    public Tensor LogProbability(Tensor mean, Tensor next, params int[] steps)
    {
        using var scope = NewDisposeScope();
        long[] elements = [.. Enumerable.Range(1, (int)mean.dim() - 1).Select(dimension => (long)dimension)];
        var squares = (next.detach().to(float32) - mean).pow(2).mean(elements);
        return ((squares * Factors(squares, steps, Slope)) + Factors(squares, steps, Constant)).MoveToOuterDisposeScope();
    }

    private FlowNoise NoiseOf(int step) => _window.Has(step) ? _noise : FlowNoise.None;

    private float Slope(int step) => NoiseOf(step) switch
    {
        FlowNoise.Cps => -1,
        _ when IsDeterministic(step) => 0,
        _ => -1 / (2 * Spread(step) * Spread(step)),
    };

    private float Constant(int step) =>
        NoiseOf(step) == FlowNoise.Cps || IsDeterministic(step) ? 0 : -MathF.Log(Spread(step)) - LogRootTwoPi;

    private (float Sample, float Velocity) MeanFactors(int step)
    {
        var (sigma, next) = (_sigmas[step], _sigmas[step + 1]);
        var (dt, deviation) = (next - sigma, Deviation(step));
        if (NoiseOf(step) == FlowNoise.Cps)
        {
            var direction = MathF.Sqrt(MathF.Max(0, (next * next) - (deviation * deviation)));
            return (1 - next + direction, (-sigma * (1 - next)) + (direction * (1 - sigma)));
        }

        var square = deviation * deviation;
        return square == 0 ? (1, dt) : (1 + (square / (2 * sigma) * dt), (1 + (square * (1 - sigma) / (2 * sigma))) * dt);
    }

    private static Tensor Factors(Tensor rows, int[] steps, Func<int, float> factor)
    {
        if (steps.Length != 1 && steps.Length != rows.shape[0])
        {
            throw new ArgumentException($"{steps.Length} steps are given for {rows.shape[0]} rows.");
        }

        float[] values = [.. steps.Select(factor)];
        return tensor(values, [values.Length, .. Enumerable.Repeat(1L, (int)rows.dim() - 1)], device: rows.device);
    }
}
