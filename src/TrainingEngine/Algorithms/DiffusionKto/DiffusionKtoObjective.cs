using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.DiffusionKto;

/// <summary>A clean latent's judgement, in the order of the set.</summary>
internal readonly record struct JudgedLatent(bool Good, double Weight);

/// <summary>
/// Diffusion-KTO's loss over a step's images. What is expected of any image, the reference point, is the weighted mean gain of all of
/// the step's images, so the step is looked at before it is computed: a forward more, and no difference however it is cut.
/// </summary>
internal sealed class DiffusionKtoObjective : IObjective
{
    private readonly CleanLatents _latents;
    private readonly IReadOnlyList<JudgedLatent> _images;
    private readonly DiffusionKtoOptions _options;
    private readonly Denoiser _denoiser;
    private readonly ISchedule _schedule;
    private readonly Device _device;
    private readonly IReadOnlyList<NoiseDraw[]> _plan;
    private readonly int _imagesAtOnce;
    private NoiseDraw[][] _parts = [];
    private double _weight, _referencePoint;
    private int _count;

    public DiffusionKtoObjective(StableDiffusion model, CleanLatents latents, IReadOnlyList<JudgedLatent> images,
        DiffusionKtoOptions options, MemoryPlan memory)
    {
        (_latents, _images, _options, _imagesAtOnce) = (latents, images, options, memory.ImagesAtOnce);
        (_device, _denoiser) = (model.Device, new Denoiser(model.Denoiser, model.Precision, memory.Recompute));
        _schedule = ModelSchedule.Of(model);
        _plan = [.. options.Plan(images.Count).Select(step =>
            Array.ConvertAll(step.Items, image => new NoiseDraw(image, NoisePlan.SeedOf(options.Seed, step.Pass, image))))];
    }

    public int Steps => _plan.Count;

    public Reference Reference => Reference.Start;

    public bool Surveys => true;

    public long ImagesIn(int step) => _plan[step].Length;

    public int Begin(int step)
    {
        (_count, _weight) = (_plan[step].Length, _plan[step].Sum(draw => _images[draw.Latent].Weight));
        _parts = NoisePlan.Cut(_plan[step], _imagesAtOnce);
        return _parts.Length;
    }

    public Tensor Refer(int part) => _denoiser.Errors(RowsOf(part));

    public double Survey(int part, Tensor? reference)
    {
        using var scope = NewDisposeScope();
        return (DiffusionKtoLoss.Gains(_denoiser.Errors(RowsOf(part)), reference!) * Weights(part)).sum().item<float>();
    }

    public void TakeSurvey(double sum) => _referencePoint = Math.Max(0, sum / _weight);

    public PartResult Compute(int part, Tensor? reference, Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        var figures = new Dictionary<string, double>();
        var gradients = _denoiser.Gradients(RowsOf(part), errors =>
        {
            var gains = DiffusionKtoLoss.Gains(errors, reference!);
            var signs = tensor(Array.ConvertAll(_parts[part], draw => _images[draw.Latent].Good ? 1f : -1), device: _device);
            var weights = Weights(part);
            var loss = (DiffusionKtoLoss.PerImage(gains, signs, _referencePoint, _options) * weights).sum() / _count;
            var right = ((gains - _referencePoint) * signs).gt(0).to(ScalarType.Float32);
            (figures["loss"], figures["accuracy"]) = (loss.item<float>(), (right * weights).sum().item<float>() / _weight);
            figures["reference_point"] = _referencePoint * _parts[part].Length / _count;
            return loss;
        }, leaves);
        foreach (var gradient in gradients)
        {
            gradient?.DetachFromDisposeScope();
        }
        return new PartResult(gradients, figures);
    }

    private NoisyRows RowsOf(int part) => NoisyRows.Draw(_latents, _parts[part], _schedule, _device);

    private Tensor Weights(int part) => tensor(Array.ConvertAll(_parts[part], draw => (float)_images[draw.Latent].Weight), device: _device);
}
