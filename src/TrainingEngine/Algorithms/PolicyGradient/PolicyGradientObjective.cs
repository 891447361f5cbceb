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

    private readonly IPolicyLoss loss;
    private readonly EpochData data;
    private readonly Policy policy;
    private readonly IReadOnlyList<PolicyGradientStep> plan;
    private readonly PolicyGradientOptions options;
    private readonly int imagesAtOnce;
    private PolicyGradientStep step;
    private Part[] parts = [];

    public PolicyGradientObjective(
        StableDiffusion model, EpochData data, IReadOnlyList<WeightedImage> images, PolicyGradientOptions options, IPolicyLoss loss, MemoryPlan memory)
    {
        (this.data, this.options, this.loss, imagesAtOnce) = (data, options, loss, memory.ImagesAtOnce);
        var ddim = data.Ddim;
        policy = Policy.Of(model, data, ddim, options.DetachUnconditional, memory.Recompute);
        plan = PolicyGradientPlan.Make(images, options, options.TrainedSteps(data, ddim));
        step = plan[0];
    }

    public int Steps => plan.Count;

    public Reference Reference => loss.NeedsBase ? Reference.Base : Reference.None;

    public long ImagesIn(int step) => (long)plan[step].Images.Count * plan[step].SamplingSteps.Count;

    public StepPlace PlaceOf(int step) => new(plan[step].Pass, [.. plan[step].SamplingSteps.Select(sampling => data.Timesteps[sampling])]);

    public IReadOnlyList<object> Check(CancellationToken stop) => new RatioSelfCheck(policy, data, options.RatioTolerance)
        .Run(plan[0].Groups.First(), plan[0].SamplingSteps, imagesAtOnce, stop);

    public int Begin(int number)
    {
        step = plan[number];
        data.Load(step.Groups);
        var each = (step.Images.Count + imagesAtOnce - 1) / imagesAtOnce;
        var size = (step.Images.Count + each - 1) / each;
        parts = [.. from sampling in step.SamplingSteps from images in step.Images.Chunk(size) select Of(sampling, images)];
        return parts.Length;
    }

    public Tensor Refer(int part) => policy.Score(data.Rows(parts[part].Batch)).Prediction;

    public PartResult Compute(int part, Tensor? reference, Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        var (batch, advantages) = parts[part];
        var rows = data.Rows(batch);
        var figures = new Dictionary<string, double>();
        var scale = 1.0 / (step.Images.Count * (double)step.SamplingSteps.Count);
        void Add(string name, Tensor perImage) => figures[name] = perImage.detach().sum().item<float>() * scale;
        var gradients = policy.Gradients([rows], scores =>
        {
            var weights = tensor(Array.ConvertAll(advantages, advantage => (float)advantage), device: rows.Latents.device);
            var perImage = loss.PerImage(scores[0], rows, weights, reference, Add); // [n]
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
        new MicroBatch(sampling, [.. images.GroupBy(image => image.Group).Select(group => new GroupShare(group.Key, [.. group.Select(image => image.Image)], []))]),
        [.. images.Select(image => image.Weight)]);
}
