using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// The steps of sampling as Gaussian policies: next = mean + σ · noise, with a log-probability that is the <b>mean</b> over a
/// latent's elements. A step goes by the timestep that it starts from; timesteps may differ from row to row.
/// </summary>
public interface IPolicyStep
{
    /// <summary>What the steps go by, from noise to image, all different.</summary>
    IReadOnlyList<long> Timesteps { get; }

    /// <summary>What the model is told at a step.</summary>
    float TimeOf(long timestep);

    /// <summary>Standard deviation of the noise that a step adds.</summary>
    double Sigma(long timestep);

    /// <summary>What the divergence between two policies is measured in: σ, and for a flow model σ without the step's length.</summary>
    double Deviation(long timestep);

    /// <summary>True when the step has no noise, hence no log-probability.</summary>
    bool IsDeterministic(long timestep);

    /// <summary>Mean of the next latents, [n, …] float32, differentiable.</summary>
    /// <param name="sample">[n, …] of any floating type.</param>
    /// <param name="modelOutput">[n, …], after guidance.</param>
    /// <param name="timesteps">n entries, or one for all.</param>
    Tensor Mean(Tensor sample, Tensor modelOutput, params long[] timesteps);

    /// <summary>The next latents for standard normal noise, [n, …] float32.</summary>
    Tensor Next(Tensor mean, Tensor noise, params long[] timesteps);

    /// <summary>Log-probability of stored next latents, [n] float32, differentiable in the mean only; 0 without noise.</summary>
    Tensor LogProbability(Tensor mean, Tensor next, params long[] timesteps);
}
