using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>Prompts as a model's own text encoders see them.</summary>
internal static class PromptFeatures
{
    private const int AtOnce = 32;

    /// <summary>Of each CLIP encoder the end token's hidden state, and the mean of those up to it; [n, features] on the CPU.</summary>
    public static Tensor Of(StableDiffusion model, IReadOnlyList<string> prompts)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var rows = prompts.Chunk(AtOnce).Select(some =>
            cat([.. model.TextEncoders.Zip(model.Tokenizers, (encoder, tokenizer) => Said(encoder, tokenizer, some))], 1));
        return cat([.. rows], 0).MoveToOuterDisposeScope();
    }

    private static Tensor Said(ClipTextEncoder encoder, ClipTokenizer tokenizer, string[] prompts)
    {
        using var scope = NewDisposeScope();
        long[] flat = [.. prompts.SelectMany(prompt => tokenizer.Encode(prompt).Ids)];
        var ids = tensor(flat, [prompts.Length, tokenizer.MaxLength]).to(encoder.Parameters.Values.First().device);
        var said = encoder.Forward(ids);
        // What stands behind the end token is padding.
        var counts = arange(tokenizer.MaxLength, device: ids.device).unsqueeze(0).le(ids.argmax(-1, keepdim: true)).to(said.Last.dtype);
        var mean = (said.Last * counts.unsqueeze(-1)).sum(1) / counts.sum(1, keepdim: true);
        return cat([said.Pooled, mean], 1).to(ScalarType.Float32).cpu().MoveToOuterDisposeScope();
    }
}
