using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>
/// For every group of a folder the reward of the image that its starting noise gives without further noise (eta 0): the
/// baseline of ReMax (arXiv 2310.10505).
/// </summary>
public static class GreedyRewards
{
    /// <summary>One reward a group; NaN where an image has none.</summary>
    /// <param name="model">As it sampled the folder, with its adapter.</param>
    /// <param name="samples">Gives prompts, seeds and how they were sampled.</param>
    public static IReadOnlyList<double> Of(StableDiffusion model, SampleFolder samples, IReward reward, Action<string> report,
        CancellationToken stop)
    {
        var manifest = samples.Manifest;
        var sampler = new Sampler(model, NoiseSchedule.Load(Path.Combine(model.Folder, "scheduler")), new SamplingOptions
        {
            Steps = manifest.Steps,
            Eta = 0,
            Guidance = manifest.Guidance,
            Negative = manifest.Negative,
            Width = manifest.Width,
            Height = manifest.Height,
            GroupSize = 1,
            KeepMeans = false,
        });
        return reward.Of([.. Enumerable.Range(0, samples.Groups).Select(group =>
        {
            using var trajectory = sampler.Sample(manifest.Prompts[group], Seeds.At(manifest.Seed, (ulong)group), stop);
            var picture = LatentDecoder.Decode(model.Vae, trajectory.Final)[0];
            return new Candidate(group, 0, manifest.Prompts[group], () => picture);
        })], report, stop);
    }
}
