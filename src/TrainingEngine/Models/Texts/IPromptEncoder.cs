using Labeler.TrainingEngine.Models.T5;

namespace Labeler.TrainingEngine.Models.Texts;

/// <summary>Tells a flow model's denoiser of prompts.</summary>
public interface IPromptEncoder
{
    /// <summary>The CLIP encoders, in the order of the model's folders.</summary>
    IReadOnlyList<(ClipTokenizer Tokenizer, ClipTextEncoder Encoder)> Clips { get; }

    /// <summary>T5, where the model has it.</summary>
    (T5Tokenizer Tokenizer, T5Encoder Encoder)? T5 { get; }

    /// <summary>Encodes N prompts, each the same for all encoders.</summary>
    /// <param name="prompts">N texts.</param>
    /// <param name="known">What they were before, of which T5's tokens are taken; null asks T5 too.</param>
    TextConditioning Encode(IReadOnlyList<string> prompts, TextConditioning? known = null);
}
