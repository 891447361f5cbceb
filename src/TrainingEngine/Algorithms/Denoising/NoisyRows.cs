using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>A latent to be noised: its index in the set, and the seed of its timestep and noise.</summary>
public readonly record struct NoiseDraw(int Latent, ulong Seed);

/// <summary>Noised latents and what a perfect model would say of them.</summary>
/// <param name="Latents">[n, c, h, w] x_t.</param>
/// <param name="Target">[n, c, h, w] the noise, or what the model predicts in its place.</param>
/// <param name="Times">What the model is told of the n noises.</param>
/// <param name="Prompt">n rows.</param>
public sealed record NoisyRows(Tensor Latents, Tensor Target, float[] Times, TextConditioning Prompt)
{
    /// <summary>
    /// x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε with t and ε drawn from each row's own seed, so that rows of equal seed share both,
    /// and no row depends on how a batch is cut.
    /// </summary>
    public static NoisyRows Draw(CleanLatents latents, IReadOnlyList<NoiseDraw> draws, ISchedule schedule, Device device)
    {
        var (clean, noise, timesteps) = (new List<Tensor>(), new List<Tensor>(), new long[draws.Count]);
        for (var row = 0; row < draws.Count; row++)
        {
            using var generator = new Generator(draws[row].Seed);
            timesteps[row] = randint(0, schedule.TrainTimesteps, [1], generator: generator).item<long>();
            var shape = latents.ShapeOf(draws[row].Latent);
            noise.Add(randn(shape, generator: generator));
            clean.Add(latents.Draw(draws[row].Latent, generator));
        }
        var (original, epsilon) = (stack([.. clean]).to(device), stack([.. noise]).to(device));
        return new NoisyRows(
            schedule.AddNoise(original, epsilon, timesteps), schedule.Target(original, epsilon, timesteps),
                Array.ConvertAll(timesteps, schedule.TimeOf),
                latents.Texts(draws.Select(draw => draw.Latent)));
    }
}
