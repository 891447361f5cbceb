using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.UNet;

/// <summary>
/// Activation checkpointing (arXiv 1604.06174): segments of a model run without keeping what their gradients need, and
/// run a second time on the way back. Costs one more forward, and keeps only what passes between segments.
/// </summary>
public sealed class SegmentTape : IDisposable
{
    private readonly List<(Func<Tensor[], Tensor[]> Segment, Tensor[] Inputs, Tensor[] Outputs)> _segments = [];
    private readonly List<Tensor> _owned = [];
    private readonly List<(Tensor Given, Tensor Kept)> _withHistory = [];

    /// <summary>The last segment's first output: what the model said.</summary>
    public Tensor Output => _segments[^1].Outputs[0];

    /// <summary>The same values, which stay until the backward pass whatever becomes of the tensor itself. Where it has a history, as
    /// what trained text encoders said, the backward pass goes on into it.</summary>
    public Tensor Keep(Tensor tensor)
    {
        var kept = tensor.detach().DetachFromDisposeScope();
        _owned.Add(kept);
        if (tensor.requires_grad && is_grad_enabled())
        {
            var given = tensor.alias().DetachFromDisposeScope();
            _owned.Add(given);
            _withHistory.Add((given, kept.requires_grad_(true)));
        }
        return kept;
    }

    /// <summary>Runs a segment. Its outputs are leaves: they may be given to later segments, any number of times.</summary>
    public Tensor[] Run(Func<Tensor[], Tensor[]> segment, params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var outputs = segment(inputs).Select(output => output.detach().requires_grad_(true).DetachFromDisposeScope()).ToArray();
        _segments.Add((segment, inputs, outputs));
        _owned.AddRange(outputs);
        return outputs;
    }

    /// <summary>Gradients of <paramref name="parameters"/>, given that of one segment's output; null where one took no part.</summary>
    /// <param name="output">An output of a segment of this tape.</param>
    /// <param name="gradient">The loss's gradient with respect to it, of its shape.</param>
    /// <param name="parameters">Leaves that require gradients.</param>
    public Tensor?[] Backward(Tensor output, Tensor gradient, IReadOnlyList<Tensor> parameters)
    {
        using var scope = NewDisposeScope();
        var sums = new Tensor?[parameters.Count];
        var pending = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [output] = gradient };
        foreach (var (segment, inputs, outputs) in Enumerable.Reverse(_segments))
        {
            if (!outputs.Any(pending.ContainsKey))
            {
                continue;
            }

            using var inner = NewDisposeScope();
            using var tracked = enable_grad();
            var made = segment(inputs);
            var (known, theirs) = (new List<Tensor>(), new List<Tensor>());
            for (var n = 0; n < made.Length; n++)
            {
                if (pending.Remove(outputs[n], out var kept) && made[n].requires_grad)
                {
                    (known, theirs) = ([.. known, made[n]], [.. theirs, kept]);
                }
            }

            var sources = inputs.Where(input => input.requires_grad).Distinct<Tensor>(ReferenceEqualityComparer.Instance).ToArray();
            var gradients = known.Count == 0 ? [] : autograd.grad(known, [.. sources, .. parameters], theirs, allow_unused: true);
            for (var n = 0; n < gradients.Count; n++)
            {
                if (gradients[n] is not { IsInvalid: false } found)
                {
                    continue;
                }

                if (n < sources.Length)
                {
                    pending[sources[n]] = (pending.TryGetValue(sources[n], out var before) ? before + found : found)
                        .MoveToOtherDisposeScope(scope);
                }
                else
                {
                    sums[n - sources.Length] = (sums[n - sources.Length] is { } sum ? sum + found : found).MoveToOtherDisposeScope(scope);
                }
            }
        }
        IntoHistory(pending, parameters, sums);
        return [.. sums.Select(sum => sum?.MoveToOuterDisposeScope())];
    }

    private void IntoHistory(Dictionary<Tensor, Tensor> pending, IReadOnlyList<Tensor> parameters, Tensor?[] sums)
    {
        var reached = _withHistory.Where(one => pending.ContainsKey(one.Kept)).ToArray();
        if (reached.Length == 0)
        {
            return;
        }

        var gradients = autograd.grad([.. reached.Select(one => one.Given)], parameters.ToList(),
            [.. reached.Select(one => pending[one.Kept])], allow_unused: true);
        for (var n = 0; n < gradients.Count; n++)
        {
            if (gradients[n] is { IsInvalid: false } found)
            {
                sums[n] = sums[n] is { } sum ? sum + found : found;
            }
        }
    }

    public void Dispose() => _owned.ForEach(tensor => tensor.Dispose());
}
