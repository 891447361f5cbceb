namespace Labeler.TrainingEngine.Models.T5;

/// <summary>The shape of a <see cref="T5Encoder"/>, as transformers' config.json describes it.</summary>
/// <param name="VocabularySize">Token ids.</param>
/// <param name="Width">Width of a token.</param>
/// <param name="HeadWidth">Width of a head; heads times it need not be <paramref name="Width"/>.</param>
/// <param name="InnerWidth">Width between the matrices of a feed-forward.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Distances">How relative positions are told apart.</param>
/// <param name="Epsilon">Of the norms.</param>
public sealed record T5Config(
    long VocabularySize, long Width, long HeadWidth, long InnerWidth, long Layers, long Heads, T5Config.Buckets Distances, double Epsilon)
{
    /// <summary>Relative positions in so many buckets, from so far on in the last.</summary>
    public sealed record Buckets(long Count, long Farthest);

    /// <exception cref="EngineException">A key is missing, or its value is one that the engine does not know.</exception>
    public static T5Config Read(ConfigFile file)
    {
        file.Only("model_type", "t5");
        // Version 1.1, which SD3 and FLUX use; the first T5 has one matrix and relu.
        if (file.Text("feed_forward_proj", "relu") is var kind && kind != "gated-gelu")
        {
            throw file.Fault("feed_forward_proj", $"is {kind}, which this engine does not know; it knows gated-gelu");
        }

        file.Only("dense_act_fn", "gelu_new");
        return new(
            file.Count("vocab_size", 32128), file.Count("d_model", 512), file.Count("d_kv", 64), file.Count("d_ff", 2048),
            file.Layers("num_layers", 6), file.Count("num_heads", 8, 4096),
            new(file.Count("relative_attention_num_buckets", 32, 1 << 16), file.Count("relative_attention_max_distance", 128)),
            file.Positive("layer_norm_epsilon", 1e-6));
    }
}
