using System.Text.Json;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>Three optimizer steps, each over the pair's three timesteps, as d3po.json lists them: with the usual clipping, and with a tight
/// one.</summary>
internal static class D3poOptimizerCheck
{
    public static IEnumerable<Finding> Run(GoldenFile file) =>
    [
        .. file.Json("d3po.json").GetProperty("adamw").EnumerateArray()
            .GroupBy(step => step.GetProperty("run").GetString()!)
            .SelectMany(steps => Steps(file, steps.Key == "default" ? "" : steps.Key, [.. steps])),
    ];

    private static List<Finding> Steps(GoldenFile file, string run, JsonElement[] steps)
    {
        var pair = file.Sibling("prefer_0.safetensors");
        using var setup = new D3poSetup(file);
        using var weights = new TrainableWeights(setup.Parameters, setup.Options.AdamW);
        using var start = D3poSetup.Together(weights.Weights);
        var findings = new List<Finding>();
        for (var step = 1; step <= steps.Length; step++)
        {
            var prefer = steps[step - 1].GetProperty("human_prefer").EnumerateArray().SelectMany(row => row.EnumerateArray())
                .Select(value => value.GetInt64()).ToArray();
            weights.ClearGradients();
            Accumulate(pair, setup, weights, prefer);
            if (step == 1 && run.Length == 0)
            {
                findings.AddRange(setup.Gradients(file, "accumulated_grad.", weights.Gradients));
            }

            var norm = steps[step - 1].GetProperty("grad_norm_before_clip").GetDouble();
            findings.Add(
                Compare.Numbers($"{run}step {step} gradient norm", weights.Step(steps[step - 1].GetProperty("max_grad_norm").GetDouble()),
                    norm, 5e-4 * norm));
            findings.AddRange(Weights(file, setup, weights, $"{run}weights_after_step{step}.", start));
        }
        return findings;
    }

    private static void Accumulate(GoldenFile pair, D3poSetup setup, TrainableWeights weights, long[] prefer)
    {
        var timesteps = (int)pair["sample_0.timesteps"].shape[1];
        for (var j = 0; j < timesteps; j++)
        {
            using var scope = NewDisposeScope();
            PolicyRows[] rows = [setup.Rows(pair, 0, 0, j), setup.Rows(pair, 1, 0, j)];
            Tensor reference;
            using (setup.Unet.Adapter.Off())
            {
                reference = cat([.. rows.Select(row => setup.Policy.Score(row).LogProbabilities)]);
            }

            weights.AddGradients(setup.Policy.Gradients(
                rows, scores =>
                    setup.Loss(cat([.. scores.Select(score => score.LogProbabilities)]), reference, prefer) / timesteps, weights.Leaves));
        }
    }

    // AdamW's first step is lr·g/(|g| + ε), whose sign is chance where g is near 0: weights are judged by the rms of the update.
    private static IEnumerable<Finding> Weights(GoldenFile file, D3poSetup setup, TrainableWeights weights, string prefix, Tensor start)
    {
        var stored = file.Tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        if (stored.Length == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        var expected = new Tensor[weights.Names.Length];
        foreach (var (key, tensor) in stored)
        {
            expected[setup.Place(key[prefix.Length..])] = tensor;
        }

        var (wanted, actual) = (D3poSetup.Together(expected), D3poSetup.Together(weights.Weights));
        return
        [
            .. Compare.Tensors($"{prefix}*", actual, wanted, largest: 2e-5),
            .. Compare.Tensors($"{prefix}* update", actual - start, wanted - start, relativeRms: 5e-3),
        ];
    }
}
