using Labeler.Shared.Imaging;
using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Pictures that were brought in and not sampled: nobody knows their way from noise, but the autoencoder gives the latents that they end
/// in, which is all that learning from finished pictures needs. Each group's are kept as a trajectory of one step, in a folder of the run.
/// </summary>
internal static class BroughtPictures
{
    /// <summary>The manifest with a trajectory for every group, and where the files of the added ones lie.</summary>
    /// <param name="pathOf">From a content hash to the file, which it has checked.</param>
    /// <param name="load">Loads the model, where there are such pictures.</param>
    /// <param name="folder">Is made where it is needed; what is there already is used again.</param>
    /// <exception cref="EngineException">A picture cannot be decoded.</exception>
    public static (Manifest Manifest, Func<string, string> PathOf) Encode(Manifest manifest, Func<string, string> pathOf,
        Func<StableDiffusion> load, string folder, CancellationToken stop)
    {
        var brought = manifest.Groups.Where(group => group.Trajectory is null).ToList();
        if (brought.Count == 0 || AlgorithmInfo.Find(manifest.Algorithm) is not { NeedsTrajectories: false })
        {
            return (manifest, pathOf);
        }
        var model = load();
        Directory.CreateDirectory(folder);
        var (width, height) = SizeOf(manifest, pathOf, model);
        var made = new Dictionary<string, string>();
        foreach (var group in brought)
        {
            stop.ThrowIfCancellationRequested();
            var name = NameOf(group);
            made[name] = Path.Combine(folder, $"{name}.safetensors");
            if (!File.Exists(made[name]))
            {
                Write(group, made[name], pathOf, model, (width, height));
            }
        }
        return (manifest with
        {
            Groups = [.. manifest.Groups.Select(group => group.Trajectory is null ? group with { Trajectory = NameOf(group) } : group)],
        }, name => made.TryGetValue(name, out var path) ? path : pathOf(name));
    }

    private static string NameOf(ManifestGroup group) => $"brought-{group.Id}";

    // As the pictures that the model sampled itself, where there are some: one training learns from one size.
    private static (int Width, int Height) SizeOf(Manifest manifest, Func<string, string> pathOf, StableDiffusion model)
    {
        if (manifest.Groups.FirstOrDefault(group => group.Trajectory is not null) is { } sampled)
        {
            using var trajectory = Trajectory.Load(pathOf(sampled.Trajectory!), withMeans: false);
            return (trajectory.Origin.Width, trajectory.Origin.Height);
        }
        return ImageSize.Of(model, manifest.Sampling.Size, manifest.Sampling.Size);
    }

    private static void Write(ManifestGroup group, string path, Func<string, string> pathOf, StableDiffusion model,
        (int Width, int Height) size)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var weight = model.Vae.Parameters.Values.First();
        var latents = stack([.. group.Images.Select(hash =>
        {
            var pixels = Pixels.ToTensor([Open(hash, pathOf(hash), size)]).to(weight.dtype).to(weight.device);
            return model.Vae.Scaled(model.Vae.Encode(pixels).Mean[0]).to(float32).cpu();
        })]); // [images, c, h, w]
        var origin = new TrajectoryOrigin
        {
            Prompt = group.Prompt,
            ImageSeeds = [.. group.Images.Select(_ => 0UL)],
            Width = size.Width,
            Height = size.Height,
        };
        using var trajectory = new Trajectory(origin, [0], stack([latents, latents], 1), null, null);
        trajectory.Save(path);
    }

    private static Picture Open(string hash, string path, (int Width, int Height) size)
    {
        if (size.Width != size.Height)
        {
            throw new EngineException(
                $"the model's own pictures are {size.Width} x {size.Height}; those that were brought in are learned from as squares only");
        }
        try
        {
            return Thumbnail.Square(File.ReadAllBytes(path), size.Width);
        }
        catch (PictureException error)
        {
            throw new EngineException($"the picture {hash}: {error.Message}", error);
        }
    }
}
