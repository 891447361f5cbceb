using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>What the U-Net is told of N prompts.</summary>
/// <param name="Context">[N, S, width]: the text encoder's output.</param>
/// <param name="Pooled">XL only, [N, width]: the second encoder's summary.</param>
/// <param name="TimeIds">XL only, [N, 6]: original size, crop and target size.</param>
public sealed record TextConditioning(Tensor Context, Tensor? Pooled = null, Tensor? TimeIds = null)
{
    /// <summary>This conditioning, then the other's, along N: the two branches of guidance in one call.</summary>
    public TextConditioning Then(TextConditioning other) => new(
        cat([Context, other.Context], 0),
        Pooled is null ? null : cat([Pooled, other.Pooled!], 0),
        TimeIds is null ? null : cat([TimeIds, other.TimeIds!], 0));

    /// <summary>Every tensor replaced by what is made of it.</summary>
    public TextConditioning Kept(Func<Tensor, Tensor> keep) =>
        new(keep(Context), Pooled is null ? null : keep(Pooled), TimeIds is null ? null : keep(TimeIds));

    /// <summary>One prompt, N times, without a copy.</summary>
    public TextConditioning Repeat(long count) => new(
        Context.expand(count, -1, -1), Pooled?.expand(count, -1), TimeIds?.expand(count, -1));

    /// <summary>Rows as they stand at <paramref name="indices"/> (int64 [M]).</summary>
    public TextConditioning At(Tensor indices) => new(
        Context.index_select(0, indices), Pooled?.index_select(0, indices), TimeIds?.index_select(0, indices));
}
