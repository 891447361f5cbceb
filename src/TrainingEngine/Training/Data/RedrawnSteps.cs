using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>
/// Steps drawn anew for pictures that were sampled. What people judged is the finished latent x_0; of the noise on the way to it, all but
/// what x_0 tells is chance. Where the policy's path to x_0 is distributed as noise added to x_0, which is what a denoiser is trained for,
/// E[∇ log π(x_prev | x_t)] given x_0 is the gradient at x_t = √ᾱ_t·x_0 + √(1 − ᾱ_t)·ε and, in x_prev's place, its mean given x_t and
/// x_0: as many draws of ε as one likes, each with less noise than the one step that was sampled (Rao-Blackwell; the loss is then
/// Diffusion-DPO's, arXiv 2311.12908, at the sampling steps and with their weights). Images of a group share ε, which cancels between
/// winner and loser.
/// </summary>
/// <param name="model">Its schedule.</param>
/// <param name="steps">Of sampling.</param>
/// <param name="seed">Of the noise.</param>
internal sealed class RedrawnSteps(StableDiffusion model, IPolicyStep steps, int seed)
{
    private const ulong Stream = 0x726564726177; // "redraw": no sampling draws from it
    private readonly ISchedule _schedule = ModelSchedule.Of(model);

    /// <summary>x_t and the mean of x_prev, [n, c, h, w] float32 on the CPU.</summary>
    /// <param name="clean">[n, c, h, w] finished latents of a group's images.</param>
    /// <param name="pass">Every pass has noise of its own.</param>
    public (Tensor Latents, Tensor Next) Of(Tensor clean, int pass, int group, int step)
    {
        using var generator = new Generator(Seeds.At((ulong)(uint)seed, Stream, (ulong)pass, ((ulong)group << 16) + (ulong)step));
        var original = clean.to(float32);
        var noise = randn([1, .. clean.shape[1..]], generator: generator).expand(clean.shape);
        long[] timesteps = [.. Enumerable.Repeat(steps.Timesteps[step], (int)clean.shape[0])];
        var latents = _schedule.AddNoise(original, noise, timesteps);
        return (latents, steps.Mean(latents, _schedule.Target(original, noise, timesteps), steps.Timesteps[step]));
    }
}
