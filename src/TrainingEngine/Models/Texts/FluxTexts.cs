using Labeler.TrainingEngine.Models.T5;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Texts;

/// <summary>What FLUX is told (diffusers' FluxPipeline): T5's tokens, and pooled, CLIP's end token without a projection.</summary>
public sealed class FluxTexts((ClipTokenizer Tokenizer, ClipTextEncoder Encoder) clip, (T5Tokenizer Tokenizer, T5Encoder Encoder) t5)
    : IPromptEncoder
{
    /// <summary>T5 tokens of a prompt where nothing is said.</summary>
    public const int UsualLength = 512;

    /// <inheritdoc />
    public IReadOnlyList<(ClipTokenizer Tokenizer, ClipTextEncoder Encoder)> Clips => [clip];

    /// <inheritdoc />
    public (T5Tokenizer Tokenizer, T5Encoder Encoder)? T5 => t5;

    /// <inheritdoc />
    public TextConditioning Encode(IReadOnlyList<string> prompts, TextConditioning? known = null) =>
        Encode([prompts], Math.Min(UsualLength, t5.Tokenizer.MaxLength), known);

    /// <summary>Encodes prompts.</summary>
    /// <param name="prompts">N texts for CLIP and N for T5, or one list for both.</param>
    /// <param name="length">T5's tokens.</param>
    /// <param name="known">What they were before, of which T5's tokens are taken; null asks T5 too.</param>
    public TextConditioning Encode(IReadOnlyList<IReadOnlyList<string>> prompts, int length = UsualLength, TextConditioning? known = null)
    {
        using var scope = NewDisposeScope();
        var device = clip.Encoder.Parameters.Values.First().device;
        var pooled = clip.Encoder.Forward(Sd3Texts.Ids(clip.Tokenizer, prompts[0], device)).Pooled;
        var tokens = known?.Context.alias() ?? t5.Encoder.Forward(Ids(t5.Tokenizer, prompts[^1], length, device));
        return new(tokens.MoveToOuterDisposeScope(), pooled.MoveToOuterDisposeScope());
    }

    internal static Tensor Ids(T5Tokenizer tokenizer, IReadOnlyList<string> prompts, int length, Device device)
    {
        long[] ids = [.. prompts.SelectMany(prompt => tokenizer.Encode(prompt, length))];
        return tensor(ids, [prompts.Count, length]).to(device);
    }
}
