using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models.SingleFile;

/// <summary>What the tensors of FLUX's transformer are called in its makers' layout.</summary>
internal static class FluxNames
{
    private const string Double = "transformer_blocks.#.", Single = "single_transformer_blocks.#.", Theirs = "double_blocks.#.",
        TheirSingle = "single_blocks.#.";

    private static readonly NameTable Table = new(
    [
        ("x_embedder", "img_in", Piece.Whole),
        ("context_embedder", "txt_in", Piece.Whole),
        ("proj_out", "final_layer.linear", Piece.Whole),
        ("norm_out.linear", "final_layer.adaLN_modulation.1", Piece.SwappedHalves),
        .. from embedder in new[] { ("timestep_embedder", "time_in"), ("text_embedder", "vector_in"),
               ("guidance_embedder", "guidance_in") }
           from layer in new[] { ("linear_1", "in_layer"), ("linear_2", "out_layer") }
           select ($"time_text_embed.{embedder.Item1}.{layer.Item1}", $"{embedder.Item2}.{layer.Item2}", Piece.Whole),
        .. Stream("img", "", ("to_q", "to_k", "to_v", "to_out.0"), ("norm_q", "norm_k")),
        .. Stream("txt", "_context", ("add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"),
            ("norm_added_q", "norm_added_k")),
        ($"{Single}norm.linear", $"{TheirSingle}modulation.lin", Piece.Whole),
        ($"{Single}attn.to_q", $"{TheirSingle}linear1", Piece.Query),
        ($"{Single}attn.to_k", $"{TheirSingle}linear1", Piece.Key),
        ($"{Single}attn.to_v", $"{TheirSingle}linear1", Piece.Value),
        ($"{Single}proj_mlp", $"{TheirSingle}linear1", Piece.Rest),
        ($"{Single}proj_out", $"{TheirSingle}linear2", Piece.Whole),
        ($"{Single}attn.norm_q.weight", $"{TheirSingle}norm.query_norm.scale", Piece.Whole),
        ($"{Single}attn.norm_k.weight", $"{TheirSingle}norm.key_norm.scale", Piece.Whole),
    ]);

    /// <summary>The key in the makers' layout; null where it has no such tensor.</summary>
    public static StoredAs? Of(string key) => Table.Of(key);

    /// <summary>One of a double block's two streams.</summary>
    private static IEnumerable<(string, string, Piece)> Stream(
        string name, string suffix, (string Query, string Key, string Value, string Output) attention, (string Query, string Key) norms) =>
    [
        ($"{Double}norm1{suffix}.linear", $"{Theirs}{name}_mod.lin", Piece.Whole),
        ($"{Double}attn.{attention.Query}", $"{Theirs}{name}_attn.qkv", Piece.Query),
        ($"{Double}attn.{attention.Key}", $"{Theirs}{name}_attn.qkv", Piece.Key),
        ($"{Double}attn.{attention.Value}", $"{Theirs}{name}_attn.qkv", Piece.Value),
        ($"{Double}attn.{attention.Output}", $"{Theirs}{name}_attn.proj", Piece.Whole),
        ($"{Double}attn.{norms.Query}.weight", $"{Theirs}{name}_attn.norm.query_norm.scale", Piece.Whole),
        ($"{Double}attn.{norms.Key}.weight", $"{Theirs}{name}_attn.norm.key_norm.scale", Piece.Whole),
        ($"{Double}ff{suffix}.net.0.proj", $"{Theirs}{name}_mlp.0", Piece.Whole),
        ($"{Double}ff{suffix}.net.2", $"{Theirs}{name}_mlp.2", Piece.Whole),
    ];
}
