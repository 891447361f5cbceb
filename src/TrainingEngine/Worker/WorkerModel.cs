using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Worker;

/// <summary>The model that a worker has loaded; it stays loaded while jobs of one project follow each other.</summary>
internal sealed class WorkerModel
{
    // Below this size a group on each core is faster than a group on all cores; above it, memory counts.
    private const long Small = 50_000_000;
    private readonly bool small;

    private WorkerModel(StableDiffusion diffusion, string hash) =>
        (Diffusion, Hash, small) = (diffusion, hash, diffusion.Unet.Parameters.Values.Sum(weight => weight.numel()) < Small);

    public StableDiffusion Diffusion { get; }

    /// <summary>See <see cref="ModelHash"/>.</summary>
    public string Hash { get; }

    public static WorkerModel Load(string folder) => new(StableDiffusion.Load(folder, cuda.is_available() ? CUDA : CPU), ModelHash.Of(folder));

    /// <summary>Puts a checkpoint's weights or adapter on until the result is disposed of; the base model where there is none.</summary>
    public IDisposable? Patched(string? file) => file is null ? null : new ModelPatch(Diffusion.Unet, file);

    /// <summary>Threads for so many groups.</summary>
    public Workers Workers(int groups)
    {
        var cores = Environment.ProcessorCount;
        var onProcessor = Diffusion.Unet.Parameters["conv_in.weight"].device_type == DeviceType.CPU;
        return new(Math.Clamp(small && onProcessor ? cores : 1, 1, Math.Max(1, groups)), small ? 1 : cores);
    }
}
