using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using TorchSharp;
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
    private readonly ScalarType type;
    private readonly int imagesAtOnce;
    private PolicyGradientStep step;
    private Part[] parts = [];

    public PolicyGradientObjective(
        StableDiffusion model, EpochData data, IReadOnlyList<WeightedImage> images, PolicyGradientOptions options, IPolicyLoss loss, MemoryPlan memory)
    {
        (this.data, this.options, this.loss, imagesAtOnce) = (data, options, loss, memory.ImagesAtOnce);
        var ddim = new DdimStep(NoiseSchedule.Load(Path.Combine(model.Folder, "scheduler")), data.Timesteps.Length, data.Origin.Eta);
        type = model.Unet.Parameters["conv_in.weight"].dtype;
        policy = new Policy(new GuidedUNet(model.Unet, data.Origin.Guidance, options.DetachUnconditional), ddim, type, memory.Recompute);
        plan = PolicyGradientPlan.Make(images, options, TrainedSteps(ddim));
        step = plan[0];
    }

    public int Steps => plan.Count;

    public Reference Reference => loss.NeedsBase ? Reference.Base : Reference.None;

    public long ImagesIn(int step) => (long)plan[step].Images.Count * plan[step].SamplingSteps.Count;

    public void Check(CancellationToken stop) => new RatioSelfCheck(policy, data, options.RatioTolerance, type)
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

    // The data are their maker's.
    public void Dispose()
    {
    }

    private static Part Of(int sampling, WeightedImage[] images) => new(
        new MicroBatch(sampling, [.. images.GroupBy(image => image.Group).Select(group => new GroupShare(group.Key, [.. group.Select(image => image.Image)], []))]),
        [.. images.Select(image => image.Weight)]);

    private int[] TrainedSteps(DdimStep ddim)
    {
        var count = data.Timesteps.Length;
        var last = options.LastStep < 0 ? count - 1 : Math.Min(options.LastStep, count - 1);
        int[] steps = [.. Enumerable.Range(0, count).Where(one => one >= options.FirstStep && one <= last)];
        if (steps.Length == 0)
        {
            throw new EngineException($"no sampling step to train on: the trajectories have steps 0 to {count - 1}, the options ask for {options.FirstStep} to {last}");
        }
        return steps.FirstOrDefault(one => ddim.IsDeterministic(data.Timesteps[one]), -1) is var still and >= 0
            ? throw new EngineException($"sampling step {still} has no noise under this model's schedule, so nothing can be learned there; leave it out with --last-step {still - 1}")
            : steps;
    }
}
