using Labeler.TrainingEngine.Models.T5;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Texts;

/// <summary>
/// What SD3 is told (diffusers' StableDiffusion3Pipeline): the last layers but one of two CLIP encoders side by side,
/// filled up with zeros to T5's width, and T5's tokens behind them; pooled, the two CLIP encoders' projections.
/// </summary>
/// <param name="clips">Two.</param>
/// <param name="t5">Null where a model was saved without it: its tokens are zeros then.</param>
/// <param name="contextWidth">Width of the text's tokens.</param>
public sealed class Sd3Texts(
    IReadOnlyList<(ClipTokenizer Tokenizer, ClipTextEncoder Encoder)> clips, (T5Tokenizer Tokenizer, T5Encoder Encoder)? t5,
    long contextWidth) : IPromptEncoder
{
    /// <summary>T5 tokens of a prompt where nothing is said.</summary>
    public const int UsualLength = 256;

    /// <inheritdoc />
    public IReadOnlyList<(ClipTokenizer Tokenizer, ClipTextEncoder Encoder)> Clips => clips;

    /// <inheritdoc />
    public (T5Tokenizer Tokenizer, T5Encoder Encoder)? T5 => t5;

    /// <inheritdoc />
    public TextConditioning Encode(IReadOnlyList<string> prompts, TextConditioning? known = null) =>
        Encode([prompts], Math.Min(UsualLength, t5?.Tokenizer.MaxLength ?? UsualLength), known: known);

    /// <summary>Encodes prompts.</summary>
    /// <param name="prompts">N texts for each of the three encoders, or one list for all.</param>
    /// <param name="length">T5's tokens.</param>
    /// <param name="clipSkip">Layers of CLIP that are left out at the end, besides the last.</param>
    /// <param name="known">What they were before, of which T5's tokens are taken; null asks T5 too.</param>
    public TextConditioning Encode(
        IReadOnlyList<IReadOnlyList<string>> prompts, int length = UsualLength, int clipSkip = 0, TextConditioning? known = null)
    {
        using var scope = NewDisposeScope();
        var device = clips[0].Encoder.Parameters.Values.First().device;
        var said = clips.Select((clip, n) => clip.Encoder.Forward(Ids(clip.Tokenizer, Of(prompts, n), device), clipSkip)).ToArray();
        var joint = cat([.. said.Select(text => text.Penultimate)], -1);
        joint = nn.functional.pad(joint, [0, contextWidth - joint.shape[2]]);
        var tokens = known is not null
            ? known.Context.narrow(1, joint.shape[1], known.Context.shape[1] - joint.shape[1]).to(device)
            : t5 is var (tokenizer, encoder) ? encoder.Forward(FluxTexts.Ids(tokenizer, Of(prompts, 2), length, device))
            : zeros(joint.shape, joint.dtype, device);
        return new(
            cat([joint, tokens], 1).MoveToOuterDisposeScope(),
            cat([.. said.Select(text => text.Projected ?? throw new EngineException("SD3's CLIP encoders need projections"))], -1)
                .MoveToOuterDisposeScope());
    }

    private static IReadOnlyList<string> Of(IReadOnlyList<IReadOnlyList<string>> prompts, int encoder) =>
        prompts[Math.Min(encoder, prompts.Count - 1)];

    internal static Tensor Ids(ClipTokenizer tokenizer, IReadOnlyList<string> prompts, Device device)
    {
        long[] ids = [.. prompts.SelectMany(prompt => tokenizer.Encode(prompt).Ids)];
        return tensor(ids, [prompts.Count, tokenizer.MaxLength]).to(device);
    }
}
