namespace Labeler.TrainingEngine.Diffusion.Flow;

/// <summary>
/// Shares of noise σ of a flow model's steps, x_σ = (1 − σ)·image + σ·noise, as diffusers' FlowMatchEulerDiscreteScheduler
/// computes them, to the last bits: where it begins with float32 numbers it goes on in float32.
/// </summary>
public sealed class FlowSchedule
{
    private const double Rho = 7, BetaShape = 0.6;

    private FlowSchedule(float[] sigmas, int trainTimesteps) =>
        (Sigmas, Timesteps) = (sigmas, [.. sigmas[..^1].Select(sigma => sigma * trainTimesteps)]);

    /// <summary>n + 1 shares; the last one is 0, or 1 where the schedule is inverted.</summary>
    public IReadOnlyList<float> Sigmas { get; }

    /// <summary>What the model is told at each of the n steps: 1000 σ.</summary>
    public IReadOnlyList<float> Timesteps { get; }

    /// <summary>The schedule of a number of steps, evenly spaced between the schedule's own ends and then shifted (SD3).</summary>
    /// <param name="options">The model's.</param>
    /// <param name="steps">At least 1.</param>
    /// <param name="tokens">Of an image; counts where the shift is dynamic.</param>
    public static FlowSchedule Of(FlowScheduleOptions options, int steps, long tokens)
    {
        Check(options, steps);
        var ends = Trained(options);
        double train = options.TrainTimesteps;
        var (first, last) = (ends[0] * train, ends[^1] * train);
        return From(options, [.. Line(first, last, steps).Select(time => Shifted(options, time / train, tokens))]);
    }

    /// <summary>The schedule of σ = 1, 1 − 1/n, …, 1/n before the shift (FLUX).</summary>
    /// <inheritdoc cref="Of"/>
    public static FlowSchedule Even(FlowScheduleOptions options, int steps, long tokens)
    {
        Check(options, steps);
        return From(options, [.. Line(1, 1.0 / steps, steps).Select(sigma => Shifted(options, (float)sigma, tokens))]);
    }

    /// <summary>The shares of the model's training times, from noise to image: a dynamic shift is not among them.</summary>
    public static IReadOnlyList<float> Trained(FlowScheduleOptions options) =>
        [.. Enumerable.Range(0, options.TrainTimesteps).Select(step => (float)(options.TrainTimesteps - step) / options.TrainTimesteps)
            .Select(sigma => options.Dynamic is null ? Constant((float)options.Shift, sigma) : sigma)];

    private static void Check(FlowScheduleOptions options, int steps)
    {
        if (steps < 1 || steps > options.TrainTimesteps)
        {
            throw new EngineException($"{steps} sampling steps are impossible; 1 to {options.TrainTimesteps} are");
        }
    }

    private static FlowSchedule From(FlowScheduleOptions options, double[] shifted)
    {
        var spread = Spread(options, shifted);
        float[] sigmas = options.Inverted
            ? [.. spread.Select(sigma => 1 - (float)sigma), 1]
            : [.. spread.Select(sigma => (float)sigma), 0];
        return new(sigmas, options.TrainTimesteps);
    }

    private static FlowSchedule From(FlowScheduleOptions options, float[] shifted)
    {
        if (options.Terminal is not { } terminal)
        {
            return From(options, [.. shifted.Select(sigma => (double)sigma)]);
        }

        var factor = (float)((1 - shifted[^1]) / (1 - terminal));
        return From(options with { Terminal = null }, [.. shifted.Select(sigma => (double)(1 - ((1 - sigma) / factor)))]);
    }

    private static double[] Spread(FlowScheduleOptions options, double[] sigmas)
    {
        if (options.Terminal is { } terminal)
        {
            var factor = (1 - sigmas[^1]) / (1 - terminal);
            sigmas = [.. sigmas.Select(sigma => 1 - ((1 - sigma) / factor))];
        }

        var (most, least, steps) = (sigmas[0], sigmas[^1], sigmas.Length);
        return options.Spacing switch
        {
            FlowSpacing.Karras => [.. Line(Math.Pow(most, 1 / Rho), Math.Pow(least, 1 / Rho), steps).Select(root => Math.Pow(root, Rho))],
            FlowSpacing.Exponential => [.. Line(Math.Log(most), Math.Log(least), steps).Select(Math.Exp)],
            FlowSpacing.Beta => Quantiles(most, least, steps),
            _ => sigmas,
        };
    }

    private static double[] Quantiles(double most, double least, int steps)
    {
        var beta = new BetaDistribution(BetaShape);
        return [.. Line(0, 1, steps).Select(at => least + (beta.Quantile(1 - at) * (most - least)))];
    }

    private static double Shifted(FlowScheduleOptions options, double sigma, long tokens)
    {
        if (options.Dynamic is not { } dynamic)
        {
            return options.Shift * sigma / (1 + ((options.Shift - 1) * sigma));
        }

        var weight = dynamic.Linear ? dynamic.Mu(tokens) : Math.Exp(dynamic.Mu(tokens));
        return weight / (weight + ((1 / sigma) - 1));
    }

    private static float Shifted(FlowScheduleOptions options, float sigma, long tokens)
    {
        if (options.Dynamic is not { } dynamic)
        {
            return Constant((float)options.Shift, sigma);
        }

        var weight = (float)(dynamic.Linear ? dynamic.Mu(tokens) : Math.Exp(dynamic.Mu(tokens)));
        return weight / (weight + ((1 / sigma) - 1));
    }

    private static float Constant(float shift, float sigma) => shift * sigma / (1 + ((shift - 1) * sigma));

    /// <summary>So many numbers from one to another, evenly.</summary>
    private static IEnumerable<double> Line(double first, double last, int count) => Enumerable.Range(0, count)
        .Select(at => count == 1 ? first : at == count - 1 ? last : first + (at * ((last - first) / (count - 1))));
}
