using Labeler.TrainingEngine.Diffusion.Flow;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>How images are sampled. The defaults are D3PO's.</summary>
public sealed record SamplingOptions
{
    /// <summary>The noise level that Flow-GRPO samples flow models with.</summary>
    public const double FlowEta = 0.7;

    /// <summary>Sampling steps, 1 to the model's training timesteps.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Share of noise, 0 to 1: 1 is a full Gaussian policy, 0 is deterministic and has no log-probabilities.</summary>
    public double Eta { get; init; } = 1;

    /// <summary>Which noise the steps of a flow model add; <see cref="Eta"/> is how much.</summary>
    public FlowNoise Noise { get; init; } = FlowNoise.Sde;

    /// <summary>Which steps of a flow model add it.</summary>
    public NoiseWindow Window { get; init; }

    /// <summary>Guidance scale, at least 1; 1 spares the unconditional branch.</summary>
    public double Guidance { get; init; } = 5;

    /// <summary>What guidance leads away from.</summary>
    public string Negative { get; init; } = "";

    /// <summary>Pixels; 0 is what the model was made for.</summary>
    public int Width { get; init; }

    /// <summary>Pixels; 0 is what the model was made for.</summary>
    public int Height { get; init; }

    /// <summary>Images of one prompt that share their starting noise.</summary>
    public int GroupSize { get; init; } = 7;

    /// <summary>Element type in which latents are kept. They are rounded to it first and scored then.</summary>
    public ScalarType Storage { get; init; } = ScalarType.Float32;

    /// <summary>Whether the mean of every step is kept, which makes the divergence from this policy free in training.</summary>
    public bool KeepMeans { get; init; } = true;

    /// <summary>Most images in one forward call; 0 decides by the model's size: the whole group, and several groups of a small
    /// model.</summary>
    public int ImagesAtOnce { get; init; }
}
