using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models.SingleFile;

/// <summary>What the tensors of Stable Diffusion 3's transformer are called in the original layout.</summary>
/// <param name="blocks">How many there are: the last one's context only scales and shifts.</param>
internal sealed class Sd3Names(int blocks)
{
    private const string Own = "transformer_blocks.#.", Image = "joint_blocks.#.x_block.", Context = "joint_blocks.#.context_block.";

    private static readonly NameTable Table = new(
    [
        ("pos_embed.pos_embed", "pos_embed", Piece.Whole),
        ("pos_embed.proj", "x_embedder.proj", Piece.Whole),
        ("context_embedder", "context_embedder", Piece.Whole),
        ("time_text_embed.timestep_embedder.linear_1", "t_embedder.mlp.0", Piece.Whole),
        ("time_text_embed.timestep_embedder.linear_2", "t_embedder.mlp.2", Piece.Whole),
        ("time_text_embed.text_embedder.linear_1", "y_embedder.mlp.0", Piece.Whole),
        ("time_text_embed.text_embedder.linear_2", "y_embedder.mlp.2", Piece.Whole),
        ("proj_out", "final_layer.linear", Piece.Whole),
        ("norm_out.linear", "final_layer.adaLN_modulation.1", Piece.SwappedHalves),
        ($"{Own}norm1.linear", $"{Image}adaLN_modulation.1", Piece.Whole),
        ($"{Own}norm1_context.linear", $"{Context}adaLN_modulation.1", Piece.Whole),
        ($"{Own}ff.net.0.proj", $"{Image}mlp.fc1", Piece.Whole),
        ($"{Own}ff.net.2", $"{Image}mlp.fc2", Piece.Whole),
        ($"{Own}ff_context.net.0.proj", $"{Context}mlp.fc1", Piece.Whole),
        ($"{Own}ff_context.net.2", $"{Context}mlp.fc2", Piece.Whole),
        .. Attention("attn", $"{Image}attn", ("to_q", "to_k", "to_v", "to_out.0"), ("norm_q", "norm_k")),
        .. Attention("attn2", $"{Image}attn2", ("to_q", "to_k", "to_v", "to_out.0"), ("norm_q", "norm_k")),
        .. Attention("attn", $"{Context}attn", ("add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"), ("norm_added_q", "norm_added_k")),
    ]);

    private readonly string _lastContext = FormattableString.Invariant($"transformer_blocks.{blocks - 1}.norm1_context.linear.");

    /// <summary>The names of a transformer whose modules, or keys, are known.</summary>
    /// <param name="names">In either layout.</param>
    public static Sd3Names Of(IEnumerable<string> names) => new(names
        .Select(name => name.Split('.')).Where(parts => parts.Length > 1 && parts[0] is "transformer_blocks" or "joint_blocks")
        .Select(parts => parts[1]).Distinct().Count());

    /// <summary>The key in the original layout; null where it has no such tensor.</summary>
    public StoredAs? Of(string key) => Table.Of(key) is { } known
        ? key.StartsWith(_lastContext, StringComparison.Ordinal) ? known with { Piece = Piece.SwappedHalves } : known
        : null;

    private static IEnumerable<(string, string, Piece)> Attention(string own, string theirs,
        (string Query, string Key, string Value, string Output) projections, (string Query, string Key) norms) =>
    [
        ($"{Own}{own}.{projections.Query}", $"{theirs}.qkv", Piece.Query),
        ($"{Own}{own}.{projections.Key}", $"{theirs}.qkv", Piece.Key),
        ($"{Own}{own}.{projections.Value}", $"{theirs}.qkv", Piece.Value),
        ($"{Own}{own}.{projections.Output}", $"{theirs}.proj", Piece.Whole),
        ($"{Own}{own}.{norms.Query}", $"{theirs}.ln_q", Piece.Whole),
        ($"{Own}{own}.{norms.Key}", $"{theirs}.ln_k", Piece.Whole),
    ];
}
