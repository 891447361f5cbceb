using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>A pair of clean latents, by their places in the set.</summary>
internal readonly record struct LatentPair(int Winner, int Loser, double Weight);

/// <summary>A loss of pairs over a step's, weighted by how sure people were. A pair's two images get the same timestep and noise; the
/// reference is the model before the first step.</summary>
internal abstract class PairObjective : IObjective
{
    private readonly record struct PairDraw(LatentPair Pair, ulong Seed);

    private readonly CleanLatents _latents;
    private readonly Denoiser _denoiser;
    private readonly ISchedule _schedule;
    private readonly Device _device;
    private readonly IReadOnlyList<PairDraw[]> _plan;
    private readonly int _pairsAtOnce;
    private PairDraw[][] _parts = [];
    private double _weight;

    /// <param name="model">As it is trained.</param>
    /// <param name="latents">The images.</param>
    /// <param name="pairs">Of them.</param>
    /// <param name="options">Order and size of the steps.</param>
    /// <param name="memory">Images in one forward.</param>
    protected PairObjective(StableDiffusion model, CleanLatents latents, IReadOnlyList<LatentPair> pairs, DenoisingOptions options,
        MemoryPlan memory)
    {
        (_latents, _pairsAtOnce) = (latents, Math.Max(1, memory.ImagesAtOnce / 2));
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
            var losses = PerPair(own[0], own[1], before[0], before[1]);
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

    /// <summary>The loss of each pair, [n].</summary>
    /// <param name="winners">[n] mean squared error of the winners under the model.</param>
    /// <param name="losers">[n] of the losers.</param>
    /// <param name="referenceWinners">[n] of the winners under the reference; no gradient.</param>
    /// <param name="referenceLosers">[n] of the losers.</param>
    protected abstract Tensor PerPair(Tensor winners, Tensor losers, Tensor referenceWinners, Tensor referenceLosers);

    // Winners, then losers: a pair's two rows have one seed, so they share timestep and noise.
    private NoisyRows RowsOf(int part) => NoisyRows.Draw(
        _latents,
            [.. _parts[part].Select(draw => new NoiseDraw(draw.Pair.Winner, draw.Seed)),
                .. _parts[part].Select(draw => new NoiseDraw(draw.Pair.Loser, draw.Seed))], _schedule, _device);
}
