using System.Text.Json;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.Dpok;
using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>The losses of DDPO and DPOK with their gradients, and the rewards' running statistics.</summary>
internal static class PolicyGradientCheck
{
    private const double Tolerance = 1e-6;

    public static IEnumerable<Finding> Losses(GoldenFile file)
    {
        var settings = file.Json("ddpo_dpok.json");
        var largest = settings.GetProperty("adv_clip_max").GetDouble();
        var kl = settings.GetProperty("kl_ratio").GetDouble();
        return [.. settings.GetProperty("cases").EnumerateArray().SelectMany(one => Case(file, one, largest, kl))];
    }

    public static IEnumerable<Finding> Statistics(GoldenFile file) =>
        [.. file.Json(Path.GetFileName(file.Name)).EnumerateArray().SelectMany(Tracker)];

    private static IEnumerable<Finding> Case(GoldenFile file, JsonElement one, double largest, double kl)
    {
        var name = $"case{one.GetProperty("case").GetInt32()}";
        var clip = one.GetProperty("clip_range").GetDouble();
        var old = file[$"{name}.log_probs_old"].select(1, one.GetProperty("j").GetInt32());
        var advantages = file[$"{name}.advantages"];

        var policy = file[$"{name}.log_prob_new"].clone().requires_grad_();
        var ddpo = DdpoLoss.Compute(policy, old, advantages, clip, largest);
        var ddpoGradient = autograd.grad([ddpo.Loss], [policy], retain_graph: true)[0];
        var dpok = DpokLoss.Compute(policy, old, advantages, kl, clip, largest);
        return new (string Key, Tensor Actual)[]
        {
            ("ddpo.loss", ddpo.Loss.reshape(1)), ("ddpo.ratio", ddpo.Ratio), ("ddpo.grad_log_prob", ddpoGradient),
            ("dpok.kl_divergence", dpok.Divergence.reshape(1)), ("dpok.loss", dpok.Loss.reshape(1)), ("dpok.ratio", dpok.Ratio),
            ("dpok.grad_log_prob", autograd.grad([dpok.Loss], [policy])[0]),
        }.SelectMany(pair => Compare.Tensors($"{name}.{pair.Key}", pair.Actual, file[$"{name}.{pair.Key}"], Tolerance));
    }

    private static IEnumerable<Finding> Tracker(JsonElement sequence, int number)
    {
        var tracker =
            new PerPromptStatTracker(sequence.GetProperty("buffer_size").GetInt32(), sequence.GetProperty("min_count").GetInt32());
        var tolerance = sequence.GetProperty("dtype").GetString() == "float32" ? 1e-4 : 1e-9;
        return sequence.GetProperty("updates").EnumerateArray().SelectMany((update, at) =>
        {
            var prompts = update.GetProperty("prompts").EnumerateArray().Select(prompt => prompt.GetString()!).ToArray();
            var advantages = tracker.Update(prompts, [.. Doubles(update.GetProperty("rewards"))]);
            var statistics = tracker.Current();
            return Doubles(update.GetProperty("advantages")).Zip(advantages)
                .Select(pair => Relative($"sequence {number} update {at} advantage", pair.Second, pair.First, tolerance))
                .Concat(update.GetProperty("stats").EnumerateObject().SelectMany(prompt => new[]
                {
                    Relative($"sequence {number} update {at} mean", statistics[prompt.Name].Mean,
                        prompt.Value.GetProperty("mean").GetDouble(), tolerance),
                    Relative($"sequence {number} update {at} deviation", statistics[prompt.Name].Deviation,
                        prompt.Value.GetProperty("std").GetDouble(), tolerance),
                    Relative($"sequence {number} update {at} count", statistics[prompt.Name].Count,
                        prompt.Value.GetProperty("count").GetDouble(), 0),
                }));
        });
    }

    private static IEnumerable<double> Doubles(JsonElement list) => list.EnumerateArray().Select(value => value.GetDouble());

    private static Finding Relative(string quantity, double actual, double expected, double tolerance) =>
        Compare.Numbers(quantity, actual, expected, tolerance * Math.Max(Math.Abs(expected), 1));
}
