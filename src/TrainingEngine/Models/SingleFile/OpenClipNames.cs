using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models.SingleFile;

/// <summary>What a text encoder's tensors are called in OpenCLIP, whose attention has queries, keys and values in one matrix.</summary>
internal static class OpenClipNames
{
    private const string Layer = "text_model.encoder.layers.#.", Block = "transformer.resblocks.#.";

    private static readonly NameTable Table = new(
    [
        ("text_model.embeddings.token_embedding", "token_embedding", Piece.Whole),
        ("text_model.embeddings.position_embedding.weight", "positional_embedding", Piece.Whole),
        ("text_model.final_layer_norm", "ln_final", Piece.Whole),
        ("text_projection.weight", "text_projection", Piece.Transposed),
        ($"{Layer}layer_norm1", $"{Block}ln_1", Piece.Whole),
        ($"{Layer}layer_norm2", $"{Block}ln_2", Piece.Whole),
        ($"{Layer}mlp.fc1", $"{Block}mlp.c_fc", Piece.Whole),
        ($"{Layer}mlp.fc2", $"{Block}mlp.c_proj", Piece.Whole),
        ($"{Layer}self_attn.out_proj", $"{Block}attn.out_proj", Piece.Whole),
        .. from end in new[] { "weight", "bias" }
           from projection in new[] { ("q_proj", Piece.Query), ("k_proj", Piece.Key), ("v_proj", Piece.Value) }
           select ($"{Layer}self_attn.{projection.Item1}.{end}", $"{Block}attn.in_proj_{end}", projection.Item2),
    ]);

    /// <summary>The key in OpenCLIP; null where it has no such tensor.</summary>
    public static StoredAs? Of(string key) => Table.Of(key);
}
