using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>What the denoiser is told of N prompts.</summary>
/// <param name="Context">[N, S, width]: the text encoders' output.</param>
/// <param name="Pooled">XL, SD3 and FLUX, [N, width]: the summary of the CLIP encoders.</param>
/// <param name="TimeIds">XL only, [N, 6]: original size, crop and target size.</param>
/// <param name="Guidance">Models distilled with guidance only, [N]: the guidance scale.</param>
public sealed record TextConditioning(Tensor Context, Tensor? Pooled = null, Tensor? TimeIds = null, Tensor? Guidance = null)
{
    /// <summary>This conditioning, then the other's, along N: the two branches of guidance in one call.</summary>
    public TextConditioning Then(TextConditioning other) => new(
        cat([Context, other.Context], 0), Both(Pooled, other.Pooled), Both(TimeIds, other.TimeIds), Both(Guidance, other.Guidance));

    /// <summary>All of it that is there.</summary>
    public Tensor[] Tensors => [.. new[] { Context, Pooled, TimeIds, Guidance }.OfType<Tensor>()];

    /// <summary>Every tensor replaced by what is made of it.</summary>
    public TextConditioning Kept(Func<Tensor, Tensor> keep) => new(
        keep(Context), Pooled is null ? null : keep(Pooled), TimeIds is null ? null : keep(TimeIds),
        Guidance is null ? null : keep(Guidance));

    /// <summary>One prompt, N times, without a copy.</summary>
    public TextConditioning Repeat(long count) => new(
        Context.expand(count, -1, -1), Pooled?.expand(count, -1), TimeIds?.expand(count, -1), Guidance?.expand(count));

    /// <summary>Rows as they stand at <paramref name="indices"/> (int64 [M]).</summary>
    public TextConditioning At(Tensor indices) => new(
        Context.index_select(0, indices), Pooled?.index_select(0, indices), TimeIds?.index_select(0, indices),
        Guidance?.index_select(0, indices));

    private static Tensor? Both(Tensor? first, Tensor? second) => first is null ? null : cat([first, second!], 0);
}
