using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.PolicyGradient;

/// <summary>
/// A policy gradient over denoising steps (DDPO, arXiv 2305.13301, section 4): the mean, over the images and timesteps of
/// an optimizer step, of a loss of the stored draw's log-probability and the image's advantage.
/// </summary>
internal sealed class PolicyGradientObjective : IObjective
{
    private sealed record Part(MicroBatch Batch, double[] Advantages);

    private readonly IPolicyLoss _loss;
    private readonly EpochData _data;
    private readonly Policy _policy;
    private readonly IReadOnlyList<PolicyGradientStep> _plan;
    private readonly PolicyGradientOptions _options;
    private readonly int _imagesAtOnce;
    private PolicyGradientStep _step;
    private Part[] _parts = [];

    public PolicyGradientObjective(
        StableDiffusion model, EpochData data, IReadOnlyList<WeightedImage> images, PolicyGradientOptions options, IPolicyLoss loss,
            MemoryPlan memory)
    {
        (_data, _options, _loss, _imagesAtOnce) = (data, options, loss, memory.ImagesAtOnce);
        _policy = Policy.Of(model, data, options.DetachUnconditional, memory.Recompute);
        _plan = PolicyGradientPlan.Make(images, options, options.TrainedSteps(data));
        _step = _plan[0];
    }

    public int Steps => _plan.Count;

    public Reference Reference => _loss.NeedsBase ? Reference.Base : Reference.None;

    public long ImagesIn(int step) => (long)_plan[step].Images.Count * _plan[step].SamplingSteps.Count;

    public StepPlace PlaceOf(int step) =>
        new(_plan[step].Pass, [.. _plan[step].SamplingSteps.Select(sampling => _data.Timesteps[sampling])]);

    public IReadOnlyList<object> Check(CancellationToken stop) => new RatioSelfCheck(_policy, _data, _options.RatioTolerance)
        .Run(_plan[0].Groups.First(), _plan[0].SamplingSteps, _imagesAtOnce, stop);

    public int Begin(int number)
    {
        _step = _plan[number];
        _data.Load(_step.Groups);
        var each = (_step.Images.Count + _imagesAtOnce - 1) / _imagesAtOnce;
        var size = (_step.Images.Count + each - 1) / each;
        _parts = [.. from sampling in _step.SamplingSteps from images in _step.Images.Chunk(size) select Of(sampling, images)];
        return _parts.Length;
    }

    public Tensor Refer(int part) => _policy.Score(_data.Rows(_parts[part].Batch)).Prediction;

    public PartResult Compute(int part, Tensor? reference, Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        var (batch, advantages) = _parts[part];
        var rows = _data.Rows(batch);
        var figures = new Dictionary<string, double>();
        var scale = 1.0 / (_step.Images.Count * (double)_step.SamplingSteps.Count);
        void Add(string name, Tensor perImage) => figures[name] = perImage.detach().sum().item<float>() * scale;
        var gradients = _policy.Gradients([rows], scores =>
        {
            var weights = tensor(Array.ConvertAll(advantages, advantage => (float)advantage), device: rows.Latents.device);
            var perImage = _loss.PerImage(scores[0], rows, weights, reference, Add); // [n]
            Add("loss", perImage);
            // The draws came from the policy that sampled, so their lost log-probability estimates the divergence without bias.
            Add("kl", (rows.Reference - scores[0].LogProbabilities) * rows.LatentSize);
            return perImage.sum() * scale;
        }, leaves);
        foreach (var gradient in gradients)
        {
            gradient?.DetachFromDisposeScope();
        }
        return new PartResult(gradients, figures);
    }

    private static Part Of(int sampling, WeightedImage[] images) => new(
        new MicroBatch(sampling,
            [.. images.GroupBy(image => image.Group)
                .Select(group => new GroupShare(group.Key, [.. group.Select(image => image.Image)], []))]),
        [.. images.Select(image => image.Weight)]);
}
