namespace Labeler.Shared.Memory;

/// <summary>The layers that an adapter has branches on where nothing else is said.</summary>
public static class AttentionLayers
{
    // A U-Net's, those that the text has of its own in SD3 and FLUX, and CLIP's.
    private static readonly string[] Projections =
    [
        ".to_q", ".to_k", ".to_v", ".to_out.0", ".add_q_proj", ".add_k_proj", ".add_v_proj", ".to_add_out", ".self_attn.q_proj",
        ".self_attn.k_proj", ".self_attn.v_proj", ".self_attn.out_proj",
    ];

    /// <summary>Whether a layer, by its path, is a query, key, value or output projection of an attention.</summary>
    public static bool Has(string layer) => Projections.Any(projection => layer.EndsWith(projection, StringComparison.Ordinal));
}
