using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>
/// Clean latents with their prompts: what a model learns to denoise. Those of sampled images come from their trajectories,
/// those of other images from the autoencoder, drawn anew each time from the distribution that it gives.
/// </summary>
public sealed class CleanLatents : IDisposable
{
    private readonly StableDiffusion _model;
    private readonly List<(Tensor Mean, Tensor? Deviation, string Prompt)> _latents = [];
    private readonly PromptTexts _texts;

    private CleanLatents(StableDiffusion model) => (_model, _texts) = (model, new(model));

    /// <summary>Width of the images in pixels; those of one set are alike.</summary>
    public int Width { get; private set; }

    /// <summary>Height of the images in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>The images of groups, one after the other.</summary>
    /// <param name="model">Its text encoder is asked for every prompt once.</param>
    /// <param name="files">Trajectory of each group.</param>
    /// <param name="images">Group and image of each latent.</param>
    /// <exception cref="EngineException">A trajectory cannot be read, or has no such image.</exception>
    public static CleanLatents OfTrajectories(StableDiffusion model, IReadOnlyList<string> files,
        IReadOnlyList<(int Group, int Image)> images)
    {
        var set = new CleanLatents(model);
        var byGroup = new Dictionary<int, (Tensor[] Finals, string Prompt)>();
        foreach (var group in images.Select(one => one.Group).Distinct().Order())
        {
            using var scope = NewDisposeScope();
            using var trajectory = Trajectory.Load(files[group], withMeans: false, model);
            var final = trajectory.Final;
            if (!final.isfinite().all().item<bool>())
            {
                throw new EngineException($"{files[group]} holds values that are not finite; sample it again");
            }
            set.Sized(trajectory.Origin.Width, trajectory.Origin.Height, files[group]);
            byGroup[group] =
                ([.. final.to(float32).unbind(0).Select(one => one.clone().DetachFromDisposeScope())], trajectory.Origin.Prompt);
        }
        foreach (var (group, image) in images)
        {
            var (finals, prompt) = byGroup[group];
            set.Add(image >= 0 && image < finals.Length ? finals[image].clone()
                : throw new EngineException($"{files[group]} has no image {image}"), null, prompt);
        }
        foreach (var final in byGroup.Values.SelectMany(group => group.Finals))
        {
            final.Dispose();
        }
        return set;
    }

    /// <summary>Encodes pictures, one at a time.</summary>
    /// <param name="model">Its autoencoder and text encoder are asked once.</param>
    /// <param name="pictures">With what they show; all of one size, a multiple of the autoencoder's factor.</param>
    /// <param name="stop">Looked at between pictures.</param>
    public static CleanLatents OfPictures(StableDiffusion model, IEnumerable<(Picture Picture, string Prompt)> pictures,
        CancellationToken stop)
    {
        var set = new CleanLatents(model);
        using var used = model.UseVae();
        var (vae, weight) = (used.Vae, used.Vae.Parameters.Values.First());
        foreach (var (picture, prompt) in pictures)
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            set.Sized(picture.Width, picture.Height, prompt);
            var (mean, logVariance) = vae.Encode(Pixels.ToTensor([picture]).to(weight.dtype).to(weight.device));
            set.Add(
                vae.Scaled(mean[0]).to(float32)
                    .cpu(), ((logVariance[0] * 0.5).exp() * vae.Config.ScalingFactor).to(float32).cpu(), prompt);
        }
        return set;
    }

    /// <summary>Latents in all.</summary>
    public int Count => _latents.Count;

    /// <summary>[c, h, w].</summary>
    public long[] ShapeOf(int index) => _latents[index].Mean.shape;

    /// <summary>A clean latent [c, h, w] on the CPU; a draw where the autoencoder gave a distribution.</summary>
    public Tensor Draw(int index, Generator generator) => _latents[index] is (var mean, { } deviation, _)
        ? mean + (deviation * randn(mean.shape, generator: generator))
        : _latents[index].Mean;

    /// <summary>What the U-Net is told of latents, a row each.</summary>
    public TextConditioning Texts(IEnumerable<int> indices) =>
        _texts.Rows(indices.Select(index => _latents[index].Prompt), Width, Height);

    public void Dispose()
    {
        foreach (var (mean, deviation, _) in _latents)
        {
            mean.Dispose();
            deviation?.Dispose();
        }
        _texts.Dispose();
    }

    private void Sized(int width, int height, string name)
    {
        (Width, Height) = Count == 0 && Width == 0 ? (width, height) : (Width, Height);
        if ((width, height) != (Width, Height))
        {
            throw new EngineException(
                $"'{name}' is {width} x {height} pixels, those before it {Width} x {Height}; learn from images of one size");
        }
        var factor = _model.Vae.Config.Factor * _model.Denoiser.PatchSize;
        if (width % factor != 0 || height % factor != 0)
        {
            throw new EngineException($"'{name}' is {width} x {height} pixels; this model takes multiples of {factor}");
        }
    }

    private void Add(Tensor mean, Tensor? deviation, string prompt)
    {
        using var untracked = no_grad();
        _latents.Add((mean.DetachFromDisposeScope(), deviation?.DetachFromDisposeScope(), prompt));
        _texts.Add(prompt, Width, Height);
    }
}
