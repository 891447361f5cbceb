namespace Labeler.TrainingEngine.Models;

/// <summary>The shape of a <see cref="ClipTextEncoder"/>, as transformers' config.json describes it.</summary>
/// <param name="QuickGelu">x·σ(1.702 x) in place of the exact GELU.</param>
/// <param name="ProjectionWidth">Width of the pooled and projected embedding, or 0 where the model has no projection.</param>
public sealed record ClipTextConfig(
    long VocabularySize, long Width, long InnerWidth, long Layers, long Heads, long Positions, bool QuickGelu, double Epsilon,
        long ProjectionWidth)
{
    /// <param name="file">The encoder's config.json.</param>
    /// <param name="projects">Whether the weights have a projection; null where the config is to say so.</param>
    /// <exception cref="EngineException">A key is missing, or its value is one that the engine does not know.</exception>
    public static ClipTextConfig Read(ConfigFile file, bool? projects = null)
    {
        file.Only("model_type", "clip_text_model");
        file.Only("hidden_act", "quick_gelu", "gelu");
        var architecture = projects is { } known ? known ? "CLIPTextModelWithProjection" : "CLIPTextModel"
            : file.Texts("architectures") is [var first, ..] ? first : throw file.Fault("architectures", "is empty");
        if (architecture is not ("CLIPTextModel" or "CLIPTextModelWithProjection"))
        {
            throw file.Fault("architectures",
                $"holds {architecture}, which this engine does not know; it knows CLIPTextModel and CLIPTextModelWithProjection");
        }

        file.Divides("num_attention_heads", [file.Count("num_attention_heads", 8)], [file.Count("hidden_size", 512)]);
        return new(
            file.Count("vocab_size", 49408), file.Count("hidden_size", 512), file.Count("intermediate_size", 2048),
                file.Layers("num_hidden_layers", 12),
            file.Count("num_attention_heads", 8), file.Count("max_position_embeddings", 77),
                file.Text("hidden_act", "quick_gelu") == "quick_gelu",
            file.Positive("layer_norm_eps", 1e-5), architecture == "CLIPTextModelWithProjection" ? file.Count("projection_dim", 512) : 0);
    }

    /// <summary>The keys and values of config.json that describe this model to transformers.</summary>
    public Dictionary<string, object?> ToJson() => new()
    {
        ["architectures"] = new[] { ProjectionWidth > 0 ? "CLIPTextModelWithProjection" : "CLIPTextModel" },
        ["hidden_act"] = QuickGelu ? "quick_gelu" : "gelu",
        ["hidden_size"] = Width,
        ["intermediate_size"] = InnerWidth,
        ["layer_norm_eps"] = Epsilon,
        ["max_position_embeddings"] = Positions,
        ["model_type"] = "clip_text_model",
        ["num_attention_heads"] = Heads,
        ["num_hidden_layers"] = Layers,
        ["projection_dim"] = ProjectionWidth > 0 ? ProjectionWidth : Width,
        ["vocab_size"] = VocabularySize,
    };
}
