using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>
/// For every group the reward of the image that its starting noise gives without further noise (eta 0): the baseline of ReMax
/// (arXiv 2310.10505, algorithm 1).
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
        var sampler = SamplerOf(model, new SamplingOptions
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
        return Of(model, sampler,
            [.. Enumerable.Range(0, samples.Groups).Select(group =>
                new GroupRequest(manifest.Prompts[group], Seeds.At(manifest.Seed, (ulong)group)))], reward, report, stop);
    }

    /// <summary>One reward a group; NaN where an image has none.</summary>
    /// <param name="model">As it sampled the groups, with its adapter.</param>
    /// <param name="trajectories">Their files, which say from what noise and how they were sampled, all alike.</param>
    public static IReadOnlyList<double> Of(StableDiffusion model, IReadOnlyList<string> trajectories, IReward reward, Action<string> report,
        CancellationToken stop)
    {
        var (requests, steps, origin) = (new List<GroupRequest>(), 0, default(TrajectoryOrigin));
        foreach (var file in trajectories)
        {
            using var trajectory = Trajectory.Load(file, withMeans: false, model);
            (origin, steps) = (trajectory.Origin, trajectory.Timesteps.Length);
            requests.Add(new(origin.Prompt, origin.Seed));
        }
        return origin is null ? [] : Of(model, SamplerOf(model, new SamplingOptions
        {
            Steps = steps,
            Eta = 0,
            Guidance = origin.Guidance,
            Negative = origin.Negative,
            Width = origin.Width,
            Height = origin.Height,
            GroupSize = 1,
            KeepMeans = false,
        }), requests, reward, report, stop);
    }

    private static Sampler SamplerOf(StableDiffusion model, SamplingOptions options) =>
        new(model, ModelSchedule.Of(model), options);

    private static IReadOnlyList<double> Of(StableDiffusion model, Sampler sampler, IReadOnlyList<GroupRequest> requests, IReward reward,
        Action<string> report, CancellationToken stop) => reward.Of([.. requests.Select((request, group) =>
        {
            using var trajectory = sampler.Sample(request.Prompt, request.Seed, stop);
            var picture = LatentDecoder.Decode(model, trajectory.Final)[0];
            return new Candidate(group, 0, request.Prompt, () => picture);
        })], report, stop);
}
