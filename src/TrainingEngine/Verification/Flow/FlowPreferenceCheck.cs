using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>The losses of pairs on a flow model: D3PO's on log-probabilities of steps, Diffusion-DPO's on errors of the velocity.</summary>
internal static class FlowPreferenceCheck
{
    private const double LogProbability = 2e-5, Ratio = 2e-5, Loss = 1e-5, Error = 2e-5, DpoLoss = 2e-4;

    public static IEnumerable<Finding> D3po(GoldenFile file)
    {
        var family = Path.GetFileNameWithoutExtension(file.Name).Split('_')[1];
        using var setup = new FlowTrainingSetup(file, family);
        return [.. new[] { "sde", "cps" }.SelectMany(noise =>
            Enumerable.Range(0, setup.StepIndices.Length).SelectMany(j => Timestep(file, setup, noise, j, family)))];
    }

    private static List<Finding> Timestep(GoldenFile file, FlowTrainingSetup setup, string noise, int j, string family)
    {
        using var scope = NewDisposeScope();
        var (section, prefix) = (setup.Settings.GetProperty("d3po"), $"{noise}.j{j}.");
        var options = new D3poOptions
        {
            Beta = section.GetProperty("beta").GetDouble(),
            Epsilon = section.GetProperty("eps").GetDouble(),
        };
        var (policy, steps) = setup.Policy(section, noise);
        var rows = Rows(file.Sibling($"grpo_{family}_inputs.safetensors"), setup, steps, j);
        Tensor reference;
        using (setup.Model.Denoiser.Adapter.Off())
        {
            reference = policy.Score(rows).LogProbabilities;
        }

        var prefer = section.GetProperty("human_prefer")[0].EnumerateArray().Select(value => value.GetInt64()).ToArray();
        var (winner, loser) = prefer[0] > prefer[1] ? (0L, 1L) : (1L, 0L);
        Tensor? scored = null, loss = null;
        var gradients = policy.Gradients([rows], scores =>
        {
            scored = scores[0].LogProbabilities;
            return loss = D3poLoss.PerPair(scored, reference, tensor(new[] { winner }), tensor(new[] { loser }), options).mean();
        }, setup.Leaves);
        var (low, high) = options.Band;
        return
        [
            .. new[] { 0, 1 }.SelectMany(side => new[]
            {
                ($"total_prob_{side}", scored!.narrow(0, side, 1), LogProbability),
                ($"total_ref_prob_{side}", reference.narrow(0, side, 1), LogProbability),
                ($"ratio_{side}", (scored - reference).clamp(low, high).exp().narrow(0, side, 1), Ratio),
            }.SelectMany(one => Compare.Tensors(prefix + one.Item1, one.Item2, file[prefix + one.Item1], one.Item3))),
            .. Compare.Tensors($"{prefix}loss", loss!, file[$"{prefix}loss"], Loss),
            .. noise == "sde" ? setup.Gradients($"{prefix}grad.", gradients) : [],
        ];
    }

    /// <summary>The stored steps of two trajectories, both under the first prompt, as the file's note says.</summary>
    private static PolicyRows Rows(GoldenFile inputs, FlowTrainingSetup setup, FlowPolicy steps, int j)
    {
        var (prompt, negative) = GrpoCheck.Texts(inputs);
        var (latents, next) = (inputs["latents"].select(1, j), inputs["next_latents"].select(1, j));
        var first = zeros([latents.shape[0]], ScalarType.Int64, latents.device);
        return new PolicyRows(
            j, steps.Timesteps[setup.StepIndices[j]], setup.Model.Unpacked(latents), setup.Model.Unpacked(next),
            zeros(latents.shape[0], device: latents.device), prompt.At(first), negative.At(first));
    }

    public static IEnumerable<Finding> Dpo(GoldenFile file)
    {
        using var scope = NewDisposeScope();
        using var setup = new FlowTrainingSetup(file, Path.GetFileNameWithoutExtension(file.Name).Split('_')[1]);
        var beta = setup.Settings.GetProperty("dpo").GetProperty("beta").GetDouble();
        var (latents, noise, text) = (file["latents"], file["noise"],
            new TextConditioning(file["encoder_hidden_states"], file["pooled_projections"]));
        var shares = file["sigmas"].cpu().data<float>().ToArray();
        float[] times = [.. file["timesteps"].cpu().data<float>()];
        var noisy = FlowNoising.Noised(latents, noise, shares);
        var target = FlowNoising.Velocity(latents, noise);
        var model = new GuidedDenoiser(setup.Model.Denoiser, 1);
        Tensor before, referenceErrors;
        using (setup.Model.Denoiser.Adapter.Off())
        using (no_grad())
        {
            before = model.Predict(noisy, times, text, text);
            referenceErrors = Errors(before);
        }

        Tensor? predicted = null, errors = null, inside = null, loss = null;
        var gradients = Differentiation.Gradients(1, (_, tape) => model.Predict(noisy, times, text, text, tape), outputs =>
        {
            (predicted, errors) = (outputs[0], Errors(outputs[0]));
            var (own, reference) = (errors.split(1), referenceErrors.split(1));
            inside = (own[0] - own[1] - (reference[0] - reference[1])) * (-0.5 * beta);
            return loss = DiffusionDpoLoss.PerPair(own[0], own[1], reference[0], reference[1], beta).mean();
        }, setup.Leaves, recompute: false);
        return
        [
            .. Compare.Tensors("noisy_model_input", noisy, file["noisy_model_input"], 1e-6),
            .. Compare.Tensors("timesteps", tensor([.. shares.Select(share => share * 1000)]), file["timesteps"], 2e-4),
            .. Compare.Tensors("model_pred", predicted!, file["model_pred"], setup.MeanTolerance),
            .. Compare.Tensors("model_pred_ref", before, file["model_pred_ref"], setup.MeanTolerance),
            .. Compare.Tensors("theta_mse", errors!, file["theta_mse"], Error),
            .. Compare.Tensors("ref_mse", referenceErrors, file["ref_mse"], Error),
            .. Compare.Tensors("inside_term", inside!, file["inside_term"], DpoLoss),
            .. Compare.Tensors("loss", loss!, file["loss"], DpoLoss),
            .. setup.Gradients("grad.", gradients),
        ];

        Tensor Errors(Tensor prediction) => (prediction - target).square().mean([1L, 2L, 3L]);
    }
}
