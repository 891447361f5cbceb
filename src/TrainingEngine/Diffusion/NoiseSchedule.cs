using Labeler.TrainingEngine.Diffusion.Flow;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// The forward process x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, equation 4) and the timesteps that sampling visits.
/// β and ᾱ are rounded to float32 where diffusers rounds them, so that they are its numbers to the last bit or the one before.
/// </summary>
public sealed class NoiseSchedule : ISchedule
{
    private const int MostTimesteps = 1_000_000;
    private readonly float[] _alphasCumprod;

    /// <exception cref="EngineException">A setting is unknown or out of range.</exception>
    public NoiseSchedule(NoiseScheduleOptions options)
    {
        Options = options;
        Betas = BetasOf(options);
        _alphasCumprod = new float[Betas.Count];
        double product = 1;
        for (int t = 0; t < _alphasCumprod.Length; t++)
        {
            product *= 1f - Betas[t];
            _alphasCumprod[t] = (float)product;
        }
    }

    /// <summary>The settings.</summary>
    public NoiseScheduleOptions Options { get; }

    /// <summary>Noise variance per timestep.</summary>
    public IReadOnlyList<float> Betas { get; }

    /// <summary>ᾱ_t per timestep, falling from almost 1 to almost 0.</summary>
    public IReadOnlyList<float> AlphasCumprod => _alphasCumprod;

    /// <summary>ᾱ beyond the lowest timestep.</summary>
    public double FinalAlphaCumprod => Options.SetAlphaToOne ? 1 : _alphasCumprod[0];

    /// <summary>Reads the folder <c>scheduler</c> of a diffusers model.</summary>
    /// <exception cref="EngineException">See <see cref="NoiseScheduleOptions.Read"/>.</exception>
    public static NoiseSchedule Load(string folder) => new(NoiseScheduleOptions.Read(folder));

    /// <inheritdoc />
    public int TrainTimesteps => Options.TrainTimesteps;

    /// <inheritdoc />
    public IPolicyStep Steps(int count, double eta, FlowNoise noise, long tokens, NoiseWindow window = default) =>
        new DdimStep(this, count, eta);

    /// <inheritdoc />
    public float TimeOf(long timestep) => timestep;

    /// <summary>The timesteps of a sampling run, from noise to image.</summary>
    /// <exception cref="EngineException">The number of steps or the spacing is impossible.</exception>
    public int[] Timesteps(int steps)
    {
        int train = Options.TrainTimesteps;
        if (steps < 1 || steps > train)
        {
            throw new EngineException($"{steps} sampling steps are impossible; 1 to {train} are");
        }

        int[] timesteps = [.. Enumerable.Range(0, steps).Reverse().Select(index => Options.TimestepSpacing switch
        {
            "leading" => (index * (train / steps)) + Options.StepsOffset,
            "trailing" => (int)Math.Round((index + 1) * ((double)train / steps), MidpointRounding.ToEven) - 1,
            "linspace" => (int)Math.Round(steps == 1 ? 0 : index * (train - 1.0) / (steps - 1), MidpointRounding.ToEven),
            var other => throw new EngineException($"the timestep_spacing {other} is unknown; known are leading, trailing and linspace"),
        })];
        return timesteps[0] < train
            ? timesteps
            : throw new EngineException(
                $"{steps} sampling steps with steps_offset {Options.StepsOffset} go beyond the last timestep {train - 1}; take fewer");
    }

    /// <summary>x_t from x_0 and noise; <paramref name="timesteps"/> has one entry per row of the batch.</summary>
    public Tensor AddNoise(Tensor original, Tensor noise, long[] timesteps) =>
        (PerRow(timesteps, AlphaRoot, original) * original) + (PerRow(timesteps, SigmaRoot, original) * noise);

    /// <summary>What a perfect model would answer for x_t made of these; the target of pretraining and fine-tuning.</summary>
    public Tensor Target(Tensor original, Tensor noise, long[] timesteps) => Options.Prediction switch
    {
        PredictionType.Epsilon => noise,
        PredictionType.Sample => original,
        _ => (PerRow(timesteps, AlphaRoot, original) * noise) - (PerRow(timesteps, SigmaRoot, original) * original),
    };

    private double AlphaRoot(long t) => Math.Sqrt(_alphasCumprod[t]);

    private double SigmaRoot(long t) => Math.Sqrt(1 - (double)_alphasCumprod[t]);

    private static Tensor PerRow(long[] timesteps, Func<long, double> value, Tensor like)
    {
        float[] values = [.. timesteps.Select(t => (float)value(t))];
        return tensor(values, [values.Length, .. Enumerable.Repeat(1L, (int)like.dim() - 1)], like.dtype, like.device);
    }

    private static float[] BetasOf(NoiseScheduleOptions options)
    {
        if (options.TrainTimesteps is < 1 or > MostTimesteps)
        {
            throw new EngineException($"num_train_timesteps is {options.TrainTimesteps}; 1 to {MostTimesteps} are possible");
        }
        if (options.StepsOffset < 0)
        {
            throw new EngineException($"steps_offset is {options.StepsOffset}; 0 or more is needed");
        }

        float[] betas = options.TrainedBetas is { } trained ? [.. trained.Select(beta => (float)beta)] : options.BetaSchedule switch
        {
            "linear" => Linspace(options.BetaStart, options.BetaEnd, options.TrainTimesteps),
            "scaled_linear" =>
                [.. Linspace(Math.Sqrt(options.BetaStart), Math.Sqrt(options.BetaEnd), options.TrainTimesteps).Select(root => root * root)],
            "squaredcos_cap_v2" => Cosine(options.TrainTimesteps),
            var other =>
                throw new EngineException($"the beta_schedule {other} is unknown; known are linear, scaled_linear and squaredcos_cap_v2"),
        };
        if (betas.Length != options.TrainTimesteps || betas.Any(beta => beta is not (> 0 and < 1)))
        {
            throw new EngineException($"the noise schedule needs {options.TrainTimesteps} variances between 0 and 1");
        }

        return betas;
    }

    /// <summary>float32 steps from both ends, as torch.linspace takes them.</summary>
    private static float[] Linspace(double start, double end, int count)
    {
        var (first, last) = ((float)start, (float)end);
        float step = (last - first) / (count - 1);
        return [.. Enumerable.Range(0, count)
            .Select(index => index < count / 2 ? first + (step * index) : last - (step * (count - 1 - index)))];
    }

    /// <summary>Nichol and Dhariwal 2021, equation 17, capped at 0.999.</summary>
    private static float[] Cosine(int count)
    {
        static double AlphaBar(double time) => Math.Pow(Math.Cos((time + 0.008) / 1.008 * Math.PI / 2), 2);
        return [.. Enumerable.Range(0, count)
            .Select(t => (float)Math.Min(1 - (AlphaBar((t + 1.0) / count) / AlphaBar((double)t / count)), 0.999))];
    }
}
