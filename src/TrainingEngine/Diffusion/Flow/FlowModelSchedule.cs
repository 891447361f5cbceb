using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion.Flow;

/// <summary>A flow model's schedule. Its training timestep t has the t-th smallest share of noise that it was trained on.</summary>
/// <param name="options">The model's.</param>
/// <param name="even">Whether sampling spaces its steps by 1/n before the shift, as FLUX's pipeline does.</param>
public sealed class FlowModelSchedule(FlowScheduleOptions options, bool even) : ISchedule
{
    private readonly IReadOnlyList<float> _trained = FlowSchedule.Trained(options);

    /// <inheritdoc />
    public int TrainTimesteps => options.TrainTimesteps;

    /// <inheritdoc />
    public IPolicyStep Steps(int count, double eta, FlowNoise noise, long tokens, NoiseWindow window = default) => new FlowPolicy(
        even ? FlowSchedule.Even(options, count, tokens) : FlowSchedule.Of(options, count, tokens), noise, eta, window);

    /// <inheritdoc />
    public float TimeOf(long timestep) => ShareOf(timestep) * options.TrainTimesteps;

    /// <inheritdoc />
    public Tensor AddNoise(Tensor original, Tensor noise, long[] timesteps) =>
        FlowNoising.Noised(original, noise, Array.ConvertAll(timesteps, ShareOf));

    /// <inheritdoc />
    public Tensor Target(Tensor original, Tensor noise, long[] timesteps) => FlowNoising.Velocity(original, noise);

    private float ShareOf(long timestep) => timestep >= 0 && timestep < _trained.Count
        ? _trained[_trained.Count - 1 - (int)timestep]
        : throw new EngineException($"timestep {timestep} is not among the {_trained.Count} that this model was trained on");
}
