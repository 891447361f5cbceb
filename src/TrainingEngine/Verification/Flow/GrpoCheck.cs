using System.Text.Json;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>Flow-GRPO's loss at stored steps with the divergence from the base model and without, its gradients, and the
/// optimizer's step from their mean.</summary>
internal static class GrpoCheck
{
    // Suggested with the files.
    private const double LogProbability = 2e-5, Ratio = 2e-5, Loss = 1e-5, Norm = 5e-4;
    private const double LargestAdvantage = 5;

    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        var family = Path.GetFileNameWithoutExtension(file.Name).Split('_')[1];
        return [.. new[] { "kl", "clip" }.SelectMany(variant => Variant(file, family, variant))];
    }

    private static List<Finding> Variant(GoldenFile file, string family, string variant)
    {
        using var scope = NewDisposeScope();
        using var setup = new FlowTrainingSetup(file, family);
        var section = setup.Settings.GetProperty(family).GetProperty(variant);
        var optimizer = section.GetProperty("adamw");
        double Of(string key) => optimizer.GetProperty(key).GetDouble();
        var betas = optimizer.GetProperty("betas").EnumerateArray().Select(beta => beta.GetDouble()).ToArray();
        using var weights = new TrainableWeights(
            setup.Parameters, new AdamWSettings(Of("lr"), betas[0], betas[1], Of("eps"), Of("weight_decay")));
        Tensor[] before = [.. weights.Weights.Select(weight => weight.clone())];
        var findings = new List<Finding>();
        var steps = setup.StepIndices;
        for (var j = 0; j < steps.Length; j++)
        {
            var gradients = Timestep(file, setup, section, $"{variant}.j{j}.", j, findings);
            weights.AddGradients([.. gradients.Select(gradient => gradient / steps.Length)]);
        }

        var expected = section.GetProperty("total_norm_before_clip").GetDouble();
        findings.Add(Compare.Numbers(
            $"{variant} gradient norm", weights.Step(section.GetProperty("max_grad_norm").GetDouble()), expected, Norm * expected));
        findings.AddRange(setup.Weights($"{variant}.weights_after_step.", weights.Weights, before, Of("lr")));
        return findings;
    }

    private static IList<Tensor> Timestep(
        GoldenFile file, FlowTrainingSetup setup, JsonElement section, string prefix, int j, List<Finding> findings)
    {
        var (policy, steps) = setup.Policy(section, "sde");
        var inputs = file.Sibling(Path.GetFileNameWithoutExtension(file.Name) + "_inputs.safetensors");
        var rows = Rows(inputs, setup, steps.Timesteps[setup.StepIndices[j]], j);
        findings.AddRange(Compare.Tensors($"{prefix}timesteps", full([rows.Count], steps.TimeOf(rows.Timestep)),
            inputs["timesteps"].select(1, j), 2e-4));
        var (clip, beta) = (section.GetProperty("clip_range").GetDouble(), section.GetProperty("beta").GetDouble());
        Tensor? baseMeans = null;
        if (beta > 0)
        {
            using var off = setup.Model.Denoiser.Adapter.Off();
            baseMeans = policy.Score(rows).Means;
        }

        var gradients = policy.Gradients([rows], scores =>
        {
            var score = scores[0];
            var (losses, ratio) = DdpoLoss.PerImage(
                score.LogProbabilities, rows.Reference, inputs["advantages"].select(1, j), clip, LargestAdvantage);
            var loss = losses.mean();
            findings.AddRange(Compare.Tensors($"{prefix}log_prob", score.LogProbabilities, file[$"{prefix}log_prob"], LogProbability));
            findings.AddRange(Compare.Tensors($"{prefix}ratio", ratio, file[$"{prefix}ratio"], Ratio));
            findings.AddRange(Compare.Tensors($"{prefix}policy_loss", loss, file[$"{prefix}policy_loss"], Loss));
            if (baseMeans is not null)
            {
                var divergence = GrpoLoss.Divergence(score.Means, baseMeans, score.Deviation).mean();
                loss += divergence * beta;
                findings.AddRange(Compare.Tensors($"{prefix}kl_loss", divergence, file[$"{prefix}kl_loss"], Loss));
                findings.AddRange(Means("prev_sample_mean", score.Means));
                findings.AddRange(Means("prev_sample_mean_ref", baseMeans));
            }

            findings.AddRange(Compare.Tensors($"{prefix}loss", loss, file[$"{prefix}loss"], Loss));
            return loss;
        }, setup.Leaves);
        if (file.Tensors.Keys.Any(key => key.StartsWith($"{prefix}grad.", StringComparison.Ordinal)))
        {
            findings.AddRange(setup.Gradients($"{prefix}grad.", gradients));
        }

        return gradients;

        IEnumerable<Finding> Means(string key, Tensor means) =>
            Compare.Tensors($"{prefix}{key}", setup.Model.Packed(means), file[$"{prefix}{key}"], setup.MeanTolerance);
    }

    private static PolicyRows Rows(GoldenFile inputs, FlowTrainingSetup setup, long timestep, int j)
    {
        var (prompt, negative) = Texts(inputs);
        return new PolicyRows(
            j, timestep, setup.Model.Unpacked(inputs["latents"].select(1, j)), setup.Model.Unpacked(inputs["next_latents"].select(1, j)),
            inputs["log_probs"].select(1, j), prompt, negative);
    }

    /// <summary>SD3's embeddings hold the unconditional rows first; FLUX has none.</summary>
    public static (TextConditioning Prompt, TextConditioning Negative) Texts(GoldenFile inputs)
    {
        if (inputs.Has("prompt_embeds"))
        {
            var text = new TextConditioning(inputs["prompt_embeds"], inputs["pooled_prompt_embeds"]);
            return (text, text);
        }

        var (tokens, pooled) = (inputs["embeds"].chunk(2), inputs["pooled_embeds"].chunk(2));
        return (new(tokens[1], pooled[1]), new(tokens[0], pooled[0]));
    }
}
