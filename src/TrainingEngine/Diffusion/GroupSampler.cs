using System.Globalization;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>A sampled group: its trajectory and its images as PNG files.</summary>
public sealed record SampledGroup(Trajectory Trajectory, IReadOnlyList<byte[]> Images) : IDisposable
{
    /// <summary>Frees the trajectory.</summary>
    public void Dispose() => Trajectory.Dispose();
}

/// <summary>Samples and decodes groups; several at once where there are several workers, with the same result.</summary>
/// <param name="model">The model, with or without an adapter.</param>
/// <param name="sampler">Samples one group.</param>
/// <param name="modelHash">For the trajectories.</param>
/// <param name="adapterHash">For the trajectories; empty without an adapter.</param>
public sealed class GroupSampler(StableDiffusion model, Sampler sampler, string modelHash, string adapterHash)
{
    /// <summary>Whether pictures are decoded in tiles.</summary>
    public bool Tiles { get; init; }

    /// <summary>
    /// Samples the groups that are missing. Groups are always computed in the same company, whichever of them are there
    /// already, so that sampling that was interrupted ends with the same bits.
    /// </summary>
    /// <param name="groups">All groups, in their order.</param>
    /// <param name="missing">Whether a group is wanted.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="take">Gets each missing group, one at a time and in order.</param>
    /// <param name="stop">Looked at between steps.</param>
    /// <param name="afterStep">Called after every step of a missing group.</param>
    public void Sample(
        IReadOnlyList<GroupRequest> groups, Func<int, bool> missing, ComputeThreads workers, Action<int, SampledGroup> take,
            CancellationToken stop, Action? afterStep = null)
    {
        int[][] jobs = [.. Enumerable.Range(0, groups.Count).Chunk(sampler.GroupsTogether).Where(together => together.Any(missing))];
        workers.Run(
            jobs.Length,
            job => Together([.. jobs[job].Select(group => groups[group])], stop, () =>
            {
                for (int count = jobs[job].Count(missing); count > 0; count--)
                {
                    afterStep?.Invoke();
                }
            }),
            (job, sampled) =>
            {
                foreach (var (group, one) in jobs[job].Zip(sampled))
                {
                    using (one)
                    {
                        if (missing(group))
                        {
                            take(group, one);
                        }
                    }
                }
            },
            stop);
    }

    /// <summary>Samples what a folder lacks, saving each group as it is complete.</summary>
    public void Fill(SampleFolder folder, ComputeThreads workers, CancellationToken stop, Action? afterStep = null)
    {
        HashSet<int> missing = [.. folder.Missing];
        Sample(
            [.. folder.Manifest.Prompts.Select((prompt, group) => new GroupRequest(prompt, Seeds.At(folder.Manifest.Seed, (ulong)group)))],
            missing.Contains, workers, (group, sampled) => folder.Save(group, sampled.Trajectory, sampled.Images), stop, afterStep);
    }

    /// <summary>The images carry their parameters as text.</summary>
    private IReadOnlyList<SampledGroup> Together(IReadOnlyList<GroupRequest> groups, CancellationToken stop, Action afterStep) =>
        [.. sampler.Sample(groups, stop, afterStep).Select(bare =>
        {
            Trajectory trajectory = bare with { Origin = bare.Origin with { ModelHash = modelHash, AdapterHash = adapterHash } };
            return new SampledGroup(trajectory, [.. LatentDecoder.Decode(model, trajectory.Final, Tiles)
                .Select((picture, image) => picture.ToPng([new("parameters", Parameters(trajectory, image))]))]);
        })];

    /// <summary>The form that Stable Diffusion's programs write and image browsers read.</summary>
    private static string Parameters(Trajectory trajectory, int image)
    {
        TrajectoryOrigin origin = trajectory.Origin;
        string adapter = origin.AdapterHash.Length > 0 ? $", Adapter hash: {origin.AdapterHash[..10]}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{origin.Prompt}\nNegative prompt: {origin.Negative}\n"
            + $"Steps: {trajectory.Timesteps.Length}, Sampler: {(origin.Noise.Length > 0 ? $"flow {origin.Noise}" : "DDIM")}, "
            + $"CFG scale: {origin.Guidance}, Eta: {origin.Eta}, Seed: {origin.Seed}, "
            + $"Variation: {image}, Size: {origin.Width}x{origin.Height}, "
            + $"Model hash: {origin.ModelHash[..Math.Min(10, origin.ModelHash.Length)]}{adapter}");
    }
}
