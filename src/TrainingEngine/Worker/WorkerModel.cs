using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Worker;

/// <summary>The model that a worker has loaded; it stays loaded while jobs of one project follow each other.</summary>
internal sealed class WorkerModel
{
    private WorkerModel(StableDiffusion diffusion, string hash) => (Diffusion, Hash) = (diffusion, hash);

    public StableDiffusion Diffusion { get; }

    /// <summary>See <see cref="ModelHash"/>.</summary>
    public string Hash { get; }

    public static WorkerModel Load(string folder) => new(StableDiffusion.Load(folder, cuda.is_available() ? CUDA : CPU), ModelHash.Of(folder));

    /// <summary>Puts a checkpoint's weights or adapter on until the result is disposed of; the base model where there is none.</summary>
    public IDisposable? Patched(string? file) => file is null ? null : new ModelPatch(Diffusion.Unet, file);

    /// <summary>Threads for so many groups.</summary>
    public ComputeThreads ThreadsFor(int groups)
    {
        var cores = Environment.ProcessorCount;
        var onProcessor = Diffusion.Unet.Parameters["conv_in.weight"].device_type == DeviceType.CPU;
        return new(Math.Clamp(Diffusion.IsSmall && onProcessor ? cores : 1, 1, Math.Max(1, groups)), Diffusion.IsSmall ? 1 : cores);
    }
}
