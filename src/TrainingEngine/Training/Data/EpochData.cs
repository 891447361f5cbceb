using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>
/// The trajectories of an epoch and what the U-Net is told of their prompts. Only the groups of the current optimizer
/// step are in memory.
/// </summary>
public sealed partial class EpochData : IDisposable
{
    private readonly IReadOnlyList<string> _files;
    private readonly StableDiffusion _model;
    private readonly int _own;
    private readonly Device _device;
    private readonly Dictionary<int, Trajectory> _loaded = [];
    private readonly PromptTexts _texts;
    private readonly Dictionary<(int? Pass, int Group, int Step), Tensor> _previousMeans = [];
    private readonly Dictionary<(int? Pass, int Group, int Step), Tensor> _baseMeans = [];
    private readonly HashSet<int> _sharedStart = [];
    private readonly TrajectoryOrigin? _origin;
    private IPolicyStep? _steps;
    private RedrawnSteps? _redrawn;

    /// <param name="files">Trajectory file of each group.</param>
    /// <param name="used">The groups that are trained on; these files are checked now.</param>
    /// <param name="model">Its text encoders are asked for every prompt once.</param>
    /// <param name="expected">Hashes that the trajectories must bear; null where any will do.</param>
    /// <param name="replayed">How many of the last files are of earlier policies, of which no hashes are expected.</param>
    /// <exception cref="EngineException">A file is missing, damaged, without log-probabilities, or of another model.</exception>
    public EpochData(IReadOnlyList<string> files, IEnumerable<int> used, StableDiffusion model, TrajectoryHashes? expected,
        int replayed = 0)
    {
        (_files, _model, _own) = (files, model, files.Count - replayed);
        _device = model.Device;
        _texts = new PromptTexts(model);
        using var untracked = no_grad();
        foreach (var group in used.Distinct().Order())
        {
            using var trajectory = Open(group, withMeans: false);
            if (IsOwn(group))
            {
                expected?.Check(files[group], trajectory.Origin);
            }
            _origin ??= trajectory.Origin;
            Timesteps = Timesteps.Length == 0 ? trajectory.Timesteps : Timesteps;
            CheckAlike(group, trajectory);
            Sizes[group] = trajectory.Images;
            _texts.Add(trajectory.Origin);
        }
    }

    /// <summary>Parameters of sampling, the same for all groups.</summary>
    public TrajectoryOrigin Origin => _origin ?? throw new InvalidOperationException("No group is used.");

    /// <summary>The timesteps of sampling, the same for all groups.</summary>
    public long[] Timesteps { get; } = [];

    /// <summary>The steps of sampling.</summary>
    public IPolicyStep Steps =>
        _steps ??= ModelSchedule.Of(_model).Steps(
            Timesteps.Length, Origin.Eta, Origin.FlowNoise, ModelSchedule.TokensOf(_model, Origin.Width, Origin.Height), Origin.Window);

    /// <summary>The pass whose redrawn steps <see cref="Rows(int, int[], int)"/> gives; null for those that were sampled.</summary>
    public int? Pass { get; set; }

    /// <summary>Images of each used group.</summary>
    public Dictionary<int, int> Sizes { get; } = [];

    /// <summary>Brings these groups into memory and lets the others go. Not to be called while rows are being computed on.</summary>
    public void Load(IEnumerable<int> groups)
    {
        var wanted = groups.ToHashSet();
        foreach (var group in _loaded.Keys.Where(group => !wanted.Contains(group)).ToArray())
        {
            _loaded[group].Dispose();
            _loaded.Remove(group);
        }
        foreach (var group in wanted.Where(group => !_loaded.ContainsKey(group)))
        {
            _loaded[group] = Open(group, withMeans: true);
            if (StartsTogether(_loaded[group].Latents))
            {
                _sharedStart.Add(group);
            }
        }
    }

    /// <summary>Means of the channels of a group's finished latents, [images][channels].</summary>
    public double[][] Colors(int group)
    {
        using var scope = NewDisposeScope();
        using var trajectory = Open(group, withMeans: false);
        var means = trajectory.Final.to(float64).mean([2L, 3L]);
        return [.. means.data<double>().ToArray().Chunk((int)means.shape[1])];
    }

    /// <summary>True where the policy that is trained did the sampling, false for the groups of earlier ones.</summary>
    public bool IsOwn(int group) => group < _own;

    /// <summary>True where sampling did not keep the means of the policy that is trained.</summary>
    public bool LacksMeans(int group) => Pass is not null || !IsOwn(group) || _loaded[group].Means is null;

    /// <summary>Keeps means that were computed for all images of a group at a sampling step.</summary>
    public void KeepMeans(int group, int step, Tensor means, bool ofBase) =>
        (ofBase ? _baseMeans : _previousMeans)[(Pass, group, step)] = means.cpu().DetachFromDisposeScope();

    public void Dispose()
    {
        foreach (var trajectory in _loaded.Values)
        {
            trajectory.Dispose();
        }
        foreach (var means in _previousMeans.Values.Concat(_baseMeans.Values))
        {
            means.Dispose();
        }
        _texts.Dispose();
    }

    private Trajectory Open(int group, bool withMeans)
    {
        if (group < 0 || group >= _files.Count)
        {
            throw new EngineException($"a preference names group {group}, but there are {_files.Count} trajectories");
        }
        var trajectory = Trajectory.Load(_files[group], withMeans, _model);
        return trajectory.LogProbabilities is not null
            ? trajectory
            : throw new EngineException($"{_files[group]} has no log-probabilities: it was sampled with eta 0; sample again with eta 1");
    }

    private void CheckAlike(int group, Trajectory trajectory)
    {
        var origin = trajectory.Origin;
        if (!trajectory.Timesteps.SequenceEqual(Timesteps) || origin.Guidance != Origin.Guidance || origin.Eta != Origin.Eta
            || origin.Noise != Origin.Noise || origin.Window != Origin.Window)
        {
            throw new EngineException(
                $"{_files[group]} was sampled with other steps, guidance or eta than the groups before it; train on one kind at a time");
        }
        if (!trajectory.Latents.isfinite().all().item<bool>() || !trajectory.LogProbabilities!.isfinite().all().item<bool>())
        {
            throw new EngineException($"{_files[group]} holds values that are not finite; sample it again");
        }
    }

    private static bool StartsTogether(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var start = latents.select(1, 0); // [n, c, h, w]
        return start.eq(start.narrow(0, 0, 1)).all().item<bool>();
    }
}
