namespace Labeler.TrainingEngine.Lora;

/// <summary>Kinds of adapters that are not LoRA, told by their keys: reading their halves alone would give other pictures.</summary>
internal static class LoraKind
{
    private static readonly (string Mark, string Kind)[] Others =
    [
        ("dora_scale", "DoRA"), ("lora_magnitude_vector", "DoRA"), ("hada_w", "LoHa"), ("hada_t", "LoHa"), ("lokr_w", "LoKr"),
        ("lokr_t", "LoKr"), ("lora_mid", "LoCon with a core between its halves (lora_mid)"), ("oft_blocks", "OFT"), ("oft_diag", "OFT"),
        ("oft_r", "OFT"), ("boft_", "BOFT"), ("on_input", "IA3"), ("ia3_l", "IA3"), ("vera_lambda", "VeRA"),
        ("lora_bias", "LoRA with biases"),
        ("lora_b.bias", "LoRA with biases"), ("lora_b.default.bias", "LoRA with biases"), ("lora_embedding_", "LoRA of embeddings"),
        (".a1.weight", "GLoRA"), (".diff_b", "an adapter of whole differences (diff)"), (".w_norm", "an adapter of norms (w_norm)"),
        ("bundle_emb.", "LoRA with embeddings of new words (bundle_emb)"), ("emb_params", "an embedding of new words"),
        ("string_to_param", "an embedding of new words"),
    ];

    /// <summary>The kind of an adapter that is not a plain one; null for LoRA and LoCon, and for what is none at all.</summary>
    public static string? Other(IReadOnlyCollection<string> keys)
    {
        foreach (var (mark, kind) in Others)
        {
            if (keys.Any(key => key.Contains(mark, StringComparison.OrdinalIgnoreCase)))
            {
                return kind;
            }
        }
        return keys.Any(key => key.EndsWith(".diff", StringComparison.Ordinal)) ? "an adapter of whole differences (diff)"
            : keys.Contains("emb_params") || keys.Contains("clip_l") ? "an embedding of new words" : null;
    }

    /// <summary>The same by the kind that PEFT's settings name.</summary>
    public static string? OfPeft(string? type) => type?.ToUpperInvariant() switch
    {
        null or "LORA" => null,
        "LOHA" => "LoHa",
        "LOKR" => "LoKr",
        var other => other,
    };
}
