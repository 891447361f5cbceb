using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models.UNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training;

/// <summary>
/// The model as a policy: at each sampling step a Gaussian over the next latent (DDPO, arXiv 2305.13301, section 4.1),
/// with the guidance of sampling.
/// </summary>
/// <param name="unet">Predicts.</param>
/// <param name="ddim">The steps of sampling.</param>
/// <param name="guidance">Scale; 1 or less is no guidance.</param>
/// <param name="detachUnconditional">Take no gradient through the unconditional branch.</param>
/// <param name="recompute">Compute activations again in the backward pass instead of keeping them.</param>
public sealed class Policy(UNet2DConditionModel unet, DdimStep ddim, double guidance, bool detachUnconditional = false, bool recompute = false)
{
    /// <summary>Scores stored draws, without gradients.</summary>
    public PolicyScore Score(PolicyRows rows)
    {
        using var untracked = no_grad();
        return Score(rows, Predict(rows, tape: null));
    }

    /// <summary>
    /// Scores stored draws and differentiates a loss of them by <paramref name="leaves"/>; null where one took no part.
    /// </summary>
    /// <param name="rows">One part or more, each its own call of the U-Net.</param>
    /// <param name="loss">A scalar of the parts' scores.</param>
    /// <param name="leaves">Weights that require gradients.</param>
    public IList<Tensor> Gradients(IReadOnlyList<PolicyRows> rows, Func<PolicyScore[], Tensor> loss, Tensor[] leaves)
    {
        if (!recompute)
        {
            return autograd.grad([loss([.. rows.Select(part => Score(part, Predict(part, tape: null)))])], leaves, allow_unused: true);
        }
        var tapes = rows.Select(_ => new SegmentTape()).ToArray();
        try
        {
            var predictions = rows.Select((part, index) => Predict(part, tapes[index])).ToArray();
            var slopes = autograd.grad([loss([.. rows.Select((part, index) => Score(part, predictions[index]))])], [.. predictions.Select(prediction => prediction.Output)]);
            return Sum([.. predictions.Select((prediction, index) => tapes[index].Backward(prediction.Output, slopes[index], leaves))]);
        }
        finally
        {
            Array.ForEach(tapes, tape => tape.Dispose());
        }
    }

    // Output is what the U-Net answered, of which Guided [n, c, h, w] is made.
    private sealed record Prediction(Tensor Output, Tensor Guided);

    private Prediction Predict(PolicyRows rows, SegmentTape? tape)
    {
        var (latents, prompt, negative) = (rows.Latents, rows.Prompt, rows.Negative);
        if (rows.Shared is { } shared)
        {
            (latents, prompt, negative) = (latents.index_select(0, shared.Computed), prompt.At(shared.Computed), negative?.At(shared.Computed));
        }
        latents = latents.to(unet.Parameters["conv_in.weight"].dtype);
        var timestep = tensor([rows.Timestep], device: latents.device);
        Tensor output, guided;
        if (guidance <= 1)
        {
            output = guided = unet.Forward(latents, timestep, prompt, tape);
        }
        else if (detachUnconditional)
        {
            Tensor unconditional;
            using (no_grad())
            {
                unconditional = unet.Forward(latents, timestep, negative!);
            }
            output = unet.Forward(latents, timestep, prompt, tape);
            guided = unconditional + (output - unconditional) * guidance;
        }
        else
        {
            output = unet.Forward(cat([latents, latents]), timestep, negative!.Then(prompt), tape);
            var halves = output.chunk(2);
            guided = halves[0] + (halves[1] - halves[0]) * guidance;
        }
        return new Prediction(output, rows.Shared is { } copies ? guided.index_select(0, copies.Taken) : guided);
    }

    private PolicyScore Score(PolicyRows rows, Prediction prediction)
    {
        var means = ddim.Mean(rows.Latents, prediction.Guided, rows.Timestep);
        return new PolicyScore(ddim.LogProbability(means, rows.NextLatents, rows.Timestep), means, ddim.Sigma(rows.Timestep));
    }

    private static IList<Tensor> Sum(IReadOnlyList<IList<Tensor?>> parts)
    {
        var sums = parts[0];
        foreach (var part in parts.Skip(1))
        {
            for (var i = 0; i < sums.Count; i++)
            {
                sums[i] = sums[i] is { } sum && part[i] is { } gradient ? sum + gradient : sums[i] ?? part[i];
            }
        }
        return sums!;
    }
}
