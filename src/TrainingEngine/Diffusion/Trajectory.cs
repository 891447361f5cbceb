using System.Text.Json;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// How a group of images came about: every latent, timestep and log-probability. One trajectory of T+1 latents holds
/// both the latents before and those after each of its T steps.
/// </summary>
/// <param name="Origin">Prompt, seeds, parameters and hashes.</param>
/// <param name="Timesteps">The T timesteps, from noise to image.</param>
/// <param name="Latents">[images, T+1, channels, h, w] on the CPU; entry 0 is the starting noise.</param>
/// <param name="LogProbabilities">[images, T] float32, under the policy that sampled; null when eta was 0.</param>
/// <param name="Means">[images, T, channels, h, w] float32, the means of that policy; null when they were not kept.</param>
public sealed record Trajectory(
    TrajectoryOrigin Origin, long[] Timesteps, Tensor Latents, Tensor? LogProbabilities, Tensor? Means) : IDisposable
{
    private const string Format = "labeler-trajectory-1";
    private const string SampleAgain = "sample it again";

    /// <summary>Number of images.</summary>
    public int Images => (int)Latents.shape[0];

    /// <summary>The clean latents that the images are decoded from, [images, channels, h, w].</summary>
    public Tensor Final => Latents.select(1, Timesteps.Length);

    /// <summary>Writes the file in one piece: it is there whole or not at all.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Save(string path)
    {
        using Tensor timesteps = tensor(Timesteps);
        var tensors = new Dictionary<string, Tensor> { ["timesteps"] = timesteps, ["latents"] = Latents };
        if (LogProbabilities is not null)
        {
            tensors["log_probs"] = LogProbabilities;
        }

        if (Means is not null)
        {
            tensors["means"] = Means;
        }

        SafeTensors.Write(path, tensors, new Dictionary<string, string>(Origin.ToMetadata()) { ["format"] = Format });
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">A file that <see cref="Save"/> wrote.</param>
    /// <param name="withMeans">False to leave the means on the disk.</param>
    /// <param name="fits">The model whose latents they must be, by channels and size; null where any will do.</param>
    /// <exception cref="EngineException">It is no whole trajectory, or of another kind of model; the message says what is
    /// wrong.</exception>
    public static Trajectory Load(string path, bool withMeans = true, StableDiffusion? fits = null)
    {
        using SafeTensors file = SafeTensors.Open(path);
        if (file.Metadata.GetValueOrDefault("format") != Format)
        {
            throw new EngineException($"{path}: is no trajectory of this engine");
        }

        try
        {
            TrajectoryOrigin origin = TrajectoryOrigin.Of(file.Metadata);
            file.Require(SampleAgain, ("timesteps", [Shapes.Any]));
            long[] timesteps = TimestepsOf(file);
            long steps = timesteps.Length, images = origin.ImageSeeds.Count > 0
                ? origin.ImageSeeds.Count
                : throw new EngineException($"{path}: holds no images: {SampleAgain}");
            long[] latent = fits is null ? LatentOf(file) : LatentOf(fits, path, origin);
            file.Require(SampleAgain, [
                ("latents", [images, steps + 1, .. latent]),
                .. file.Has("log_probs") ? [("log_probs", [images, steps])] : Array.Empty<(string, long[])>(),
                .. file.Has("means") ? [("means", [images, steps, .. latent])] : Array.Empty<(string, long[])>(),
            ]);
            return new Trajectory(
                origin, timesteps, file.Read("latents"),
                file.Has("log_probs") ? file.Read("log_probs") : null, withMeans && file.Has("means") ? file.Read("means") : null);
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException or OverflowException)
        {
            throw new EngineException($"{path}: its metadata are damaged ({error.Message})", error);
        }
    }

    /// <summary>Some of its images alone, in the order given. Disposing of it leaves this one as it is.</summary>
    public Trajectory Of(IReadOnlyList<int> images)
    {
        using var places = tensor(images.Select(image => (long)image).ToArray());
        return new(
            Origin with { ImageSeeds = [.. images.Select(image => Origin.ImageSeeds[image])] }, Timesteps, Latents.index_select(0, places),
            LogProbabilities?.index_select(0, places), Means?.index_select(0, places));
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Latents.Dispose();
        LogProbabilities?.Dispose();
        Means?.Dispose();
    }

    private static long[] TimestepsOf(SafeTensors file)
    {
        using Tensor stored = file.Read("timesteps");
        using Tensor whole = stored.to(int64);
        long[] timesteps = whole.data<long>().ToArray();
        return timesteps.All(timestep => timestep >= 0) ? timesteps
            : throw new EngineException($"{file.Path}: a timestep is negative: {SampleAgain}");
    }

    /// <summary>Channels, height and width as the file itself has them: any, but the same for latents and means.</summary>
    private static long[] LatentOf(SafeTensors file) =>
        file.Has("latents") && file.ShapeOf("latents") is [_, _, > 0, > 0, > 0] shape ? shape[2..] : [Shapes.Any, Shapes.Any, Shapes.Any];

    private static long[] LatentOf(StableDiffusion model, string path, TrajectoryOrigin origin)
    {
        long factor = model.Vae.Config.Factor, side = factor * model.Denoiser.PatchSize;
        return origin.Width > 0 && origin.Height > 0 && origin.Width % side == 0 && origin.Height % side == 0
            ? [model.Denoiser.LatentChannels, origin.Height / factor, origin.Width / factor]
            : throw new EngineException(
                $"{path}: is of images of {origin.Width} x {origin.Height} pixels; this model makes multiples of {side}: {SampleAgain}");
    }
}
