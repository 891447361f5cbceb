using Labeler.Shared.Memory;

namespace Labeler.TrainingEngine.Lora;

/// <summary>The layers of a denoiser, and of text encoders where those are trained too, that carry a branch.</summary>
[Flags]
public enum LoraTargets
{
    /// <summary>Query, key, value and output projections of every attention, as published.</summary>
    Attention = 1,

    /// <summary>The feed-forward layers of every transformer block.</summary>
    FeedForward = 2,

    /// <summary>Every convolution.</summary>
    Convolutions = 4,

    /// <summary>Every linear layer, those of the attentions, feed-forwards and time embeddings among them.</summary>
    AllLinear = 8,
}

/// <summary>Which layers <see cref="LoraTargets"/> means.</summary>
public static class LoraTargetsExtensions
{
    /// <summary>True where the layer is meant.</summary>
    /// <param name="layer">Its checkpoint path.</param>
    /// <param name="convolution">Its kind: a convolution, else linear.</param>
    public static bool Mean(this LoraTargets targets, string layer, bool convolution) =>
        (targets.HasFlag(LoraTargets.Attention) && AttentionLayers.Has(layer))
        || (targets.HasFlag(LoraTargets.FeedForward) && (layer.Contains(".ff.net.", StringComparison.Ordinal)
            || layer.Contains(".ff_context.net.", StringComparison.Ordinal) || layer.Contains(".mlp.fc", StringComparison.Ordinal)))
        || (targets.HasFlag(LoraTargets.Convolutions) && convolution)
        || (targets.HasFlag(LoraTargets.AllLinear) && !convolution);
}
