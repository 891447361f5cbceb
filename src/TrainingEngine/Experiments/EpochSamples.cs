using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>Samples what is judged in an epoch. A folder that was begun is completed.</summary>
/// <param name="ModelFolder">The base model.</param>
/// <param name="Steps">DDIM steps.</param>
/// <param name="Guidance">Guidance scale.</param>
/// <param name="GroupSize">Images of one prompt from one starting noise.</param>
internal sealed record EpochSamples(string ModelFolder, int Steps, double Guidance, int GroupSize)
{
    /// <summary>The complete folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="policy">Weights or adapter on the model; null for none.</param>
    /// <param name="prompts">One a group.</param>
    /// <param name="seed">Of all noise.</param>
    /// <param name="workers">Groups are shared between them.</param>
    /// <param name="stop">Looked at between groups.</param>
    public SampleFolder Fill(string folder, string? policy, IReadOnlyList<string> prompts, ulong seed, ComputeThreads workers,
        CancellationToken stop)
    {
        StableDiffusion model = StableDiffusion.Load(ModelFolder);
        using ModelPatch? patch = policy is null ? null : new ModelPatch(model, policy);
        var sampling = new SamplingOptions { Steps = Steps, Guidance = Guidance, GroupSize = GroupSize };
        var sampler = new Sampler(model, ModelSchedule.Of(model), sampling);
        var hashes = TrajectoryHashes.Of(ModelFolder, policy);
        SampleFolder samples = SampleFolder.Begin(folder, new SampleManifest
        {
            ModelHash = hashes.Model,
            AdapterHash = hashes.Patch,
            Prompts = prompts,
            Seed = seed,
            GroupSize = sampling.GroupSize,
            Steps = sampling.Steps,
            Eta = sampling.Eta,
            Noise = sampler.Noise,
            Guidance = sampling.Guidance,
            Negative = sampling.Negative,
            Width = sampler.Width,
            Height = sampler.Height,
            Precision = "float32",
            Storage = "float32",
            KeepMeans = sampling.KeepMeans,
            ImagesAtOnce = sampling.ImagesAtOnce,
        });
        new GroupSampler(model, sampler, hashes.Model, hashes.Patch).Fill(samples, workers, stop);
        return samples;
    }
}
