using System.Globalization;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.TrainingEngine.Diffusion;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>
/// Noise schedules, timesteps, variances, single steps of diffusers and of D3PO, log-probabilities and their gradient.
/// </summary>
internal static partial class SchedulerCheck
{
    private const double Step = 5e-6;
    private const double Schedule = 5e-7;
    private const double Gradient = 5e-5;

    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        var configs = file.Json("scheduler.json").GetProperty("configs");
        var findings = new List<Finding>();
        foreach (var config in configs.EnumerateObject())
        {
            var schedule = new NoiseSchedule(NoiseScheduleOptions.From(config.Value));
            findings.AddRange(Constants(file, config.Name, schedule));
            findings.AddRange(file.Tensors.Keys.Order(StringComparer.Ordinal)
                .Where(key => key.StartsWith($"{config.Name}.", StringComparison.Ordinal))
                .SelectMany(key => Quantity(file, config.Name, key, schedule)));
        }

        findings.AddRange(Batched(file, new NoiseSchedule(NoiseScheduleOptions.From(configs.GetProperty("sd15")))));
        return findings;
    }

    private static IEnumerable<Finding> Constants(GoldenFile file, string name, NoiseSchedule schedule) =>
    [
        .. Compare.Tensors($"{name}.betas", tensor(schedule.Betas.ToArray()), file[$"{name}.betas"], Schedule),
        .. Compare.Tensors($"{name}.alphas_cumprod", tensor(schedule.AlphasCumprod.ToArray()), file[$"{name}.alphas_cumprod"], Schedule),
        Compare.Numbers($"{name}.final_alpha_cumprod", schedule.FinalAlphaCumprod, file[$"{name}.final_alpha_cumprod"].item<float>(),
            Schedule),
    ];

    private static IEnumerable<Finding> Quantity(GoldenFile file, string name, string key, NoiseSchedule schedule)
    {
        string[] parts = key.Split('.', 3);
        if (parts.Length < 3 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int steps))
        {
            return [];
        }

        string prefix = $"{name}.{steps}";
        if (parts[2] == "timesteps")
        {
            long[] timesteps = [.. schedule.Timesteps(steps).Select(t => (long)t)];
            return [Compare.Exactly(key, tensor(timesteps), file[key])];
        }

        if (parts[2] is "variance_diffusers" or "variance_d3po")
        {
            var step = new DdimStep(schedule, steps, clampPrevious: parts[2] == "variance_d3po");
            return Compare.Tensors(key, tensor([.. step.Timesteps.Select(t => (float)step.Variance(t))]), file[key], Schedule);
        }

        return StepName().Match(parts[2]) is { Success: true } match ? OneStep(file, key, prefix, match, schedule, steps) : [];
    }

    private static IEnumerable<Finding> OneStep(GoldenFile file, string key, string prefix, Match match, NoiseSchedule schedule, int steps)
    {
        long t = long.Parse(match.Groups["t"].ValueSpan, CultureInfo.InvariantCulture);
        double eta = match.Groups["eta"].Success ? double.Parse(match.Groups["eta"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        var step = new DdimStep(schedule, steps, eta, clampPrevious: match.Groups["kind"].Value == "d3po");
        var (sample, output) = (file[$"{prefix}.sample"], file[$"{prefix}.model_output"]);
        var mean = step.Mean(sample, output, t);
        switch (match.Groups["quantity"].Value)
        {
            case "pred_original_sample":
                return Compare.Tensors(key, step.Original(sample, output, t), file[key], Step * file[key].abs().max().item<float>());
            case "prev_sample":
                return Compare.Tensors(key, step.Next(mean, file[$"{prefix}.noise"], t), file[key], Step);
            case "log_prob" or "given_log_prob":
                return LogProbabilities(key, step, t,
                    step.LogProbability(mean, file[key.Replace("log_prob", "prev_sample", StringComparison.Ordinal)], t), file[key]);
            default:
                return [];
        }
    }

    /// <summary>Where a step has no noise the published code answers NaN; here it says so and counts as 0.</summary>
    private static IEnumerable<Finding> LogProbabilities(string key, DdimStep step, long t, Tensor actual, Tensor expected)
    {
        float[] wanted = expected.cpu().data<float>().ToArray(), got = actual.cpu().data<float>().ToArray();
        return wanted.Zip(got, (value, own) => step.IsDeterministic(t)
            ? new Finding($"{key} without noise", double.IsNaN(value) ? Math.Abs(own) : double.PositiveInfinity, 0)
            : Compare.Numbers(key, own, value, Step + (1e-4 * Math.Abs(value))));
    }

    /// <summary>A timestep per row, and the gradient of weighted log-probabilities.</summary>
    private static IEnumerable<Finding> Batched(GoldenFile file, NoiseSchedule schedule)
    {
        var step = new DdimStep(schedule, 20);
        long[] timesteps = file["batched.timesteps"].cpu().data<long>().ToArray();
        var output = file["batched.model_output"].clone().requires_grad_();
        var logProbability =
            step.LogProbability(step.Mean(file["batched.sample"], output, timesteps), file["batched.prev_sample"], timesteps);
        (logProbability * file["batched.weight"]).sum().backward();
        float[] wanted = file["batched.log_prob"].cpu().data<float>().ToArray(), got = logProbability.detach().cpu().data<float>()
            .ToArray();
        return
        [
            .. wanted.Zip(got, (value, own) => Compare.Numbers("batched.log_prob", own, value, Step + (1e-4 * Math.Abs(value)))),
            .. Compare.Tensors("batched.grad_model_output", output.grad!, file["batched.grad_model_output"], relativeRms: Gradient),
        ];
    }

    [GeneratedRegex(@"^(?<kind>step|d3po)_t(?<t>\d+)(_eta(?<eta>[\d.]+))?\.(?<quantity>\w+)$",
        RegexOptions.CultureInvariant, RegexTimeout.Milliseconds)]
    private static partial Regex StepName();
}
