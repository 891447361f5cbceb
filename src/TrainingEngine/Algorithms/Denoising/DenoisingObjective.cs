using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>
/// The weighted denoising loss: the mean over an optimizer step's images of w·mean (ε_θ(x_t, t, c) − ε)², t and ε drawn
/// anew in each pass. With all weights 1 it is the loss of supervised fine-tuning.
/// </summary>
internal sealed class DenoisingObjective : IObjective
{
    private readonly CleanLatents _latents;
    private readonly IReadOnlyList<double> _weights;
    private readonly Denoiser _denoiser;
    private readonly ISchedule _schedule;
    private readonly Device _device;
    private readonly IReadOnlyList<NoiseDraw[]> _plan;
    private readonly int _imagesAtOnce;
    private NoiseDraw[][] _parts = [];
    private int _images;

    /// <param name="model">As it is trained.</param>
    /// <param name="latents">The images.</param>
    /// <param name="weights">One an image; those of weight 0 are left out.</param>
    /// <param name="options">Order and size of the steps.</param>
    /// <param name="memory">Images in one forward.</param>
    public DenoisingObjective(StableDiffusion model, CleanLatents latents, IReadOnlyList<double> weights, DenoisingOptions options,
        MemoryPlan memory)
    {
        (_latents, _weights, _imagesAtOnce) = (latents, weights, memory.ImagesAtOnce);
        (_device, _denoiser) = (model.Device, new Denoiser(model.Denoiser, model.Precision, memory.Recompute));
        _schedule = ModelSchedule.Of(model);
        int[] used = [.. Enumerable.Range(0, weights.Count).Where(index => weights[index] != 0)];
        _plan = [.. options.Plan(used.Length).Select(step =>
            Array.ConvertAll(step.Items, item => new NoiseDraw(used[item], NoisePlan.SeedOf(options.Seed, step.Pass, used[item]))))];
    }

    public int Steps => _plan.Count;

    public Reference Reference => Reference.None;

    public long ImagesIn(int step) => _plan[step].Length;

    public int Begin(int step)
    {
        _images = _plan[step].Length;
        _parts = NoisePlan.Cut(_plan[step], _imagesAtOnce);
        return _parts.Length;
    }

    public PartResult Compute(int part, Tensor? reference, Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        var draws = _parts[part];
        var rows = NoisyRows.Draw(_latents, draws, _schedule, _device);
        var figures = new Dictionary<string, double>();
        var gradients = _denoiser.Gradients(rows, errors =>
        {
            var shares = tensor(Array.ConvertAll(draws, draw => (float)(_weights[draw.Latent] / _images)), device: _device);
            var loss = (errors * shares).sum();
            figures["loss"] = loss.item<float>();
            figures["error"] = errors.detach().sum().item<float>() / _images;
            return loss;
        }, leaves);
        foreach (var gradient in gradients)
        {
            gradient?.DetachFromDisposeScope();
        }
        return new PartResult(gradients, figures);
    }
}
