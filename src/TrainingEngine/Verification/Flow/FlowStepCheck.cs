using System.Globalization;
using System.Text.Json;
using Labeler.TrainingEngine.Diffusion.Flow;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>Single stochastic steps of Flow-GRPO, each row at a time of its own: values, log-probabilities and gradients.</summary>
internal static class FlowStepCheck
{
    private const double Largest = 2e-5, GradientRms = 2e-4;

    public static IEnumerable<Finding> Run(GoldenFile file) =>
        [.. file.Json("steps.json").GetProperty("cases").EnumerateObject().SelectMany(one => Case(file, one))];

    private static IEnumerable<Finding> Case(GoldenFile file, JsonProperty one)
    {
        var options = new FlowScheduleOptions { Shift = one.Value.GetProperty("shift").GetDouble() };
        var schedule = FlowSchedule.Of(options, one.Value.GetProperty("steps").GetInt32(), 0);
        int[] steps = [.. one.Value.GetProperty("step_indices").EnumerateArray().Select(index => index.GetInt32())];
        float[] times = [.. schedule.Timesteps];
        return
        [
            .. Compare.Tensors($"{one.Name}.sigmas", tensor([.. schedule.Sigmas]), file[$"{one.Name}.sigmas"], 2e-7),
            .. Compare.Tensors($"{one.Name}.timesteps", tensor(times), file[$"{one.Name}.timesteps"], 2e-4),
            .. Compare.Tensors($"{one.Name}.row_timesteps", tensor([.. steps.Select(step => times[step])]),
                file[$"{one.Name}.row_timesteps"], 2e-4),
            .. file.Tensors.Keys.Where(key => key.StartsWith($"{one.Name}.", StringComparison.Ordinal)
                && key.EndsWith(".given_log_prob", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .SelectMany(key => Policy(file, one.Name, key[..^"given_log_prob".Length], schedule, steps)),
        ];
    }

    private static List<Finding> Policy(GoldenFile file, string name, string prefix, FlowSchedule schedule, int[] steps)
    {
        using var scope = NewDisposeScope();
        var parts = prefix[(name.Length + 1)..].Split('.', 2);
        var level = double.Parse(parts[1].Trim('n', 'l', '.'), CultureInfo.InvariantCulture);
        var step = new FlowStep(schedule.Sigmas, FlowNoiseNames.Parse(parts[0]), level);
        var (sample, output) = (file[$"{name}.sample"], file[$"{name}.model_output"].clone().requires_grad_());
        var mean = step.Mean(sample, output, steps);
        var next = step.Next(mean, file[$"{name}.noise"], steps);
        var given = step.LogProbability(mean, file[$"{prefix}given_prev_sample"], steps);
        var gradient = autograd.grad([(given * file[$"{name}.weight"]).sum()], [output])[0];
        return
        [
            .. Compare.Tensors($"{prefix}prev_sample", next, file[$"{prefix}prev_sample"], Largest),
            .. Compare.Tensors($"{prefix}prev_sample_mean", mean, file[$"{prefix}prev_sample_mean"], Largest),
            .. Compare.Tensors($"{prefix}log_prob", step.LogProbability(mean, next, steps), file[$"{prefix}log_prob"], Largest),
            .. Compare.Tensors($"{prefix}std_dev_t", tensor([.. steps.Select(step.Deviation)]), file[$"{prefix}std_dev_t"], Largest),
            .. Compare.Tensors($"{prefix}sqrt_dt", tensor([.. steps.Select(step.RootLength)]), file[$"{prefix}sqrt_dt"], Largest),
            .. Compare.Tensors($"{prefix}given_log_prob", given, file[$"{prefix}given_log_prob"], Largest),
            .. Compare.Tensors($"{prefix}grad_model_output", gradient, file[$"{prefix}grad_model_output"], null, GradientRms),
        ];
    }
}
