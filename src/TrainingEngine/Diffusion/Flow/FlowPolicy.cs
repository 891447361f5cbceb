using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion.Flow;

/// <summary>A flow model's steps as policies. They go by their times, 1000 σ, rounded to whole numbers; the model is told the
/// exact one.</summary>
public sealed class FlowPolicy : IPolicyStep
{
    private readonly FlowSchedule _schedule;
    private readonly FlowStep _step;
    private readonly Dictionary<long, int> _indices;

    /// <param name="schedule">Shares of noise.</param>
    /// <param name="noise">Which noise is added.</param>
    /// <param name="level">How much, 0 to 1; 0 is Euler's method.</param>
    /// <param name="window">Which steps add it.</param>
    /// <exception cref="EngineException">So many steps that two round to the same time.</exception>
    public FlowPolicy(FlowSchedule schedule, FlowNoise noise, double level, NoiseWindow window = default)
    {
        (_schedule, _step) = (schedule, new FlowStep(schedule.Sigmas, level > 0 ? noise : FlowNoise.None, level, window));
        Timesteps = [.. schedule.Timesteps.Select(time => (long)MathF.Round(time))];
        _indices = [];
        foreach (var (timestep, index) in Timesteps.Select((timestep, index) => (timestep, index)))
        {
            if (!_indices.TryAdd(timestep, index))
            {
                throw new EngineException($"{Timesteps.Count} sampling steps are too many for this model's schedule");
            }
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<long> Timesteps { get; }

    /// <inheritdoc />
    public float TimeOf(long timestep) => _schedule.Timesteps[IndexOf(timestep)];

    /// <inheritdoc />
    public double Sigma(long timestep) => _step.Spread(IndexOf(timestep));

    /// <inheritdoc />
    public double Deviation(long timestep) => _step.Deviation(IndexOf(timestep));

    /// <inheritdoc />
    public bool IsDeterministic(long timestep) => _step.IsDeterministic(IndexOf(timestep));

    /// <inheritdoc />
    public Tensor Mean(Tensor sample, Tensor modelOutput, params long[] timesteps) => _step.Mean(sample, modelOutput, Indices(timesteps));

    /// <inheritdoc />
    public Tensor Next(Tensor mean, Tensor noise, params long[] timesteps) => _step.Next(mean, noise, Indices(timesteps));

    /// <inheritdoc />
    public Tensor LogProbability(Tensor mean, Tensor next, params long[] timesteps) =>
        _step.LogProbability(mean, next, Indices(timesteps));

    private int[] Indices(long[] timesteps) => Array.ConvertAll(timesteps, IndexOf);

    private int IndexOf(long timestep) => _indices.TryGetValue(timestep, out var index) ? index
        : throw new EngineException($"timestep {timestep} is not among the {Timesteps.Count} of this sampling");
}
