namespace Labeler.TrainingEngine.Diffusion;

/// <summary>What the U-Net's output means.</summary>
public enum PredictionType
{
    /// <summary>The noise ε in x_t = √ᾱ·x_0 + √(1−ᾱ)·ε.</summary>
    Epsilon,

    /// <summary>v = √ᾱ·ε − √(1−ᾱ)·x_0 (Salimans and Ho 2022, appendix D).</summary>
    VPrediction,

    /// <summary>The clean latent x_0.</summary>
    Sample,
}
