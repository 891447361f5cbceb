using Labeler.TrainingEngine.Diffusion.Flow;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>A model's way from images to noise, and its steps back.</summary>
public interface ISchedule
{
    /// <summary>Timesteps that the model was trained on, from 0.</summary>
    int TrainTimesteps { get; }

    /// <summary>The steps of sampling.</summary>
    /// <param name="count">How many.</param>
    /// <param name="eta">Share of noise, 0 to 1: of DDPM's, or a flow model's noise level; 0 is deterministic.</param>
    /// <param name="noise">Which noise a flow model's steps add.</param>
    /// <param name="tokens">Of an image; the shares of noise of some flow models follow from it.</param>
    /// <param name="window">Which of a flow model's steps add it.</param>
    /// <exception cref="EngineException">The number of steps or the share is impossible.</exception>
    IPolicyStep Steps(int count, double eta, FlowNoise noise, long tokens, NoiseWindow window = default);

    /// <summary>What the model is told at a training timestep.</summary>
    float TimeOf(long timestep);

    /// <summary>A noisy latent from a clean one and noise; one timestep per row.</summary>
    Tensor AddNoise(Tensor original, Tensor noise, long[] timesteps);

    /// <summary>What a perfect model would answer for the noisy latent made of these.</summary>
    Tensor Target(Tensor original, Tensor noise, long[] timesteps);
}
