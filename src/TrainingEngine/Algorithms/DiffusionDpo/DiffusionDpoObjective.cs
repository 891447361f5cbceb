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

    private readonly CleanLatents _latents;
    private readonly DiffusionDpoOptions _options;
    private readonly Denoiser _denoiser;
    private readonly ISchedule _schedule;
    private readonly Device _device;
    private readonly IReadOnlyList<PairDraw[]> _plan;
    private readonly int _pairsAtOnce;
    private PairDraw[][] _parts = [];
    private double _weight;

    public DiffusionDpoObjective(StableDiffusion model, CleanLatents latents, IReadOnlyList<LatentPair> pairs, DiffusionDpoOptions options,
        MemoryPlan memory)
    {
        (_latents, _options, _pairsAtOnce) = (latents, options, Math.Max(1, memory.ImagesAtOnce / 2));
        (_device, _denoiser) = (model.Device, new Denoiser(model.Denoiser, model.Precision, memory.Recompute));
        _schedule = ModelSchedule.Of(model);
        _plan = [.. options.Plan(pairs.Count).Select(step =>
            Array.ConvertAll(step.Items, pair => new PairDraw(pairs[pair], NoisePlan.SeedOf(options.Seed, step.Pass, pair))))];
    }

    public int Steps => _plan.Count;

    public Reference Reference => Reference.Start;

    public long ImagesIn(int step) => 2L * _plan[step].Length;

    public int Begin(int step)
    {
        _weight = _plan[step].Sum(draw => draw.Pair.Weight);
        _parts = NoisePlan.Cut(_plan[step], _pairsAtOnce);
        return _parts.Length;
    }

    public Tensor Refer(int part) => _denoiser.Errors(RowsOf(part));

    public PartResult Compute(int part, Tensor? reference, Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        var count = _parts[part].Length;
        var figures = new Dictionary<string, double>();
        var gradients = _denoiser.Gradients(RowsOf(part), errors =>
        {
            var (own, before) = (errors.split([count, count]), reference!.split([count, count]));
            var losses = DiffusionDpoLoss.PerPair(own[0], own[1], before[0], before[1], _options.Beta); // [n]
            var shares = tensor(Array.ConvertAll(_parts[part], draw => (float)(draw.Pair.Weight / _weight)), device: _device);
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
        _latents,
            [.. _parts[part].Select(draw => new NoiseDraw(draw.Pair.Winner, draw.Seed)),
                .. _parts[part].Select(draw => new NoiseDraw(draw.Pair.Loser, draw.Seed))], _schedule, _device);
}
