namespace Labeler.TrainingEngine.Lora;

/// <summary>The layers of a U-Net that carry a branch.</summary>
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
    private static readonly string[] Projections = [".to_q", ".to_k", ".to_v", ".to_out.0"];

    /// <summary>True where the layer is meant.</summary>
    /// <param name="layer">Its checkpoint path.</param>
    /// <param name="convolution">Its kind: a convolution, else linear.</param>
    public static bool Mean(this LoraTargets targets, string layer, bool convolution) =>
        (targets.HasFlag(LoraTargets.Attention) && Projections.Any(projection => layer.EndsWith(projection, StringComparison.Ordinal)))
        || (targets.HasFlag(LoraTargets.FeedForward) && layer.Contains(".ff.net.", StringComparison.Ordinal))
        || (targets.HasFlag(LoraTargets.Convolutions) && convolution)
        || (targets.HasFlag(LoraTargets.AllLinear) && !convolution);
}
