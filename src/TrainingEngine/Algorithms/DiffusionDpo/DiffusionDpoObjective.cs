using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.DiffusionDpo;

/// <summary>A pair of clean latents, by their places in the set.</summary>
internal readonly record struct LatentPair(int Winner, int Loser, double Weight);

/// <summary>Diffusion-DPO's loss over a step's pairs, weighted by how sure people were.</summary>
internal sealed class DiffusionDpoObjective : IObjective
{
    private readonly record struct PairDraw(LatentPair Pair, ulong Seed);

    private readonly CleanLatents latents;
    private readonly DiffusionDpoOptions options;
    private readonly Denoiser denoiser;
    private readonly NoiseSchedule schedule;
    private readonly Device device;
    private readonly IReadOnlyList<PairDraw[]> plan;
    private readonly int pairsAtOnce;
    private PairDraw[][] parts = [];
    private double weight;

    public DiffusionDpoObjective(StableDiffusion model, CleanLatents latents, IReadOnlyList<LatentPair> pairs, DiffusionDpoOptions options, MemoryPlan memory)
    {
        (this.latents, this.options, pairsAtOnce) = (latents, options, Math.Max(1, memory.ImagesAtOnce / 2));
        var first = model.Unet.Parameters["conv_in.weight"];
        (device, denoiser) = (first.device, new Denoiser(model.Unet, first.dtype, memory.Recompute));
        schedule = NoiseSchedule.Load(Path.Combine(model.Folder, "scheduler"));
        plan = [.. options.Plan(pairs.Count).Select(step =>
            Array.ConvertAll(step.Items, pair => new PairDraw(pairs[pair], NoisePlan.SeedOf(options.Seed, step.Pass, pair))))];
    }

    public int Steps => plan.Count;

    public Reference Reference => Reference.Start;

    public long ImagesIn(int step) => 2L * plan[step].Length;

    public int Begin(int step)
    {
        weight = plan[step].Sum(draw => draw.Pair.Weight);
        parts = NoisePlan.Cut(plan[step], pairsAtOnce);
        return parts.Length;
    }

    public Tensor Refer(int part) => denoiser.Errors(RowsOf(part));

    public PartResult Compute(int part, Tensor? reference, Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        var count = parts[part].Length;
        var figures = new Dictionary<string, double>();
        var gradients = denoiser.Gradients(RowsOf(part), errors =>
        {
            var (own, before) = (errors.split([count, count]), reference!.split([count, count]));
            var losses = DiffusionDpoLoss.PerPair(own[0], own[1], before[0], before[1], options.Beta); // [n]
            var shares = tensor(Array.ConvertAll(parts[part], draw => (float)(draw.Pair.Weight / weight)), device: device);
            var right = (own[0] - own[1]).lt(before[0] - before[1]).to(ScalarType.Float32);
            var loss = (losses * shares).sum();
            (figures["loss"], figures["accuracy"]) = (loss.item<float>(), (right * shares).sum().item<float>());
            return loss;
        }, leaves);
        foreach (var gradient in gradients)
        {
            gradient?.DetachFromDisposeScope();
        }
        return new PartResult(gradients, figures);
    }

    // Winners, then losers: a pair's two rows have one seed, so they share timestep and noise.
    private NoisyRows RowsOf(int part) => NoisyRows.Draw(
        latents, [.. parts[part].Select(draw => new NoiseDraw(draw.Pair.Winner, draw.Seed)), .. parts[part].Select(draw => new NoiseDraw(draw.Pair.Loser, draw.Seed))], schedule, device);
}
