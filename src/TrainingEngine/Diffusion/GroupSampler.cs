using System.Globalization;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

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
    /// <summary>Samples and decodes one group. The images carry their parameters as text.</summary>
    public SampledGroup Sample(string prompt, ulong seed, CancellationToken stop = default, Action? afterStep = null)
    {
        Trajectory bare = sampler.Sample(prompt, seed, stop, afterStep);
        Trajectory trajectory = bare with { Origin = bare.Origin with { ModelHash = modelHash, AdapterHash = adapterHash } };
        return new SampledGroup(trajectory, [.. LatentDecoder.Decode(model.Vae, trajectory.Final)
            .Select((picture, image) => picture.ToPng([new("parameters", Parameters(trajectory, image))]))]);
    }

    /// <summary>Samples what a folder lacks, saving each group as it is complete.</summary>
    public void Fill(SampleFolder folder, Workers workers, CancellationToken stop, Action? afterStep = null)
    {
        IReadOnlyList<int> missing = folder.Missing;
        workers.Run(
            missing.Count,
            job => Sample(folder.Manifest.Prompts[missing[job]], Seeds.At(folder.Manifest.Seed, (ulong)missing[job]), stop, afterStep),
            (job, sampled) =>
            {
                using (sampled)
                {
                    folder.Save(missing[job], sampled.Trajectory, sampled.Images);
                }
            },
            stop);
    }

    /// <summary>The form that Stable Diffusion's programs write and image browsers read.</summary>
    private static string Parameters(Trajectory trajectory, int image)
    {
        TrajectoryOrigin origin = trajectory.Origin;
        string adapter = origin.AdapterHash.Length > 0 ? $", Adapter hash: {origin.AdapterHash[..10]}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {origin.Prompt}
            Negative prompt: {origin.Negative}
            Steps: {trajectory.Timesteps.Length}, Sampler: DDIM, CFG scale: {origin.Guidance}, Eta: {origin.Eta}, Seed: {origin.Seed}, Variation: {image}, Size: {origin.Width}x{origin.Height}, Model hash: {origin.ModelHash[..Math.Min(10, origin.ModelHash.Length)]}{adapter}
            """);
    }
}
