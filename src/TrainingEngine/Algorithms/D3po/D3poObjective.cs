using System.Text.Json;
using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// D3PO's objective in both modes. Grouped: one forward and backward per image and timestep, shared by all pairs of a group,
/// against the log-probability stored at sampling. Official: a pair and a timestep at a time, winner and loser each under the
/// policy and under the reference, as the authors' program computes them. At fixed weights the grouped gradient is the sum of
/// the official ones.
/// </summary>
/// <param name="policy">The model that is trained.</param>
/// <param name="data">The judged trajectories.</param>
/// <param name="plan">All optimizer steps.</param>
/// <param name="options">Of the loss.</param>
/// <param name="imagesAtOnce">Most images in one forward with gradients; a larger group is computed in parts.</param>
/// <param name="report">Takes what every timestep came to, once an inner epoch.</param>
public sealed partial class D3poObjective(
    Policy policy, EpochData data, IReadOnlyList<PlannedStep> plan, D3poOptions options, int imagesAtOnce, Action<string>? report = null)
        : IObjective
{
    private sealed record Part(int SamplingStep, MicroBatch? Batch, PreferencePair? Pair)
    {
        public TimestepStatistics Statistics { get; set; } = new();
    }

    private readonly bool _official = options.Mode == D3poMode.Official;
    private readonly TimestepLedger _ledger = new();
    private readonly DivergenceBudget? _budget = options.KlBudget > 0 ? new(plan, options) : null;
    private D3poStepLoss? _loss;
    private Part[] _parts = [];

    /// <summary>Whether the reference is the base model, too.</summary>
    public bool SampledByBase { get; init; }

    /// <summary>Metrics per timestep of every inner epoch that is done.</summary>
    public IReadOnlyList<TimestepMetrics> Timesteps => _ledger.Finished;

    /// <summary>What happened at each sampling step of the begun optimizer step.</summary>
    public IReadOnlyDictionary<int, TimestepStatistics> StepStatistics => _parts.GroupBy(part => part.SamplingStep)
        .ToDictionary(parts => parts.Key, parts => TimestepStatistics.Sum(parts.Select(part => part.Statistics)));

    /// <inheritdoc />
    public int Steps => plan.Count;

    /// <inheritdoc />
    public Reference Reference => _official || options.Redraw ? Reference.Start : Reference.None;

    /// <inheritdoc />
    public JsonNode? State => DivergenceBudget.Beside(JsonSerializer.SerializeToNode(_ledger)!, _budget);

    /// <inheritdoc />
    public void Restore(JsonNode state)
    {
        _ledger.TakeOver(state.Deserialize<TimestepLedger>()!);
        _budget?.TakeOver(state);
    }

    /// <inheritdoc />
    public long ImagesIn(int step) => (long)plan[step].SamplingSteps.Count * ImagesScored(plan[step]);

    /// <inheritdoc />
    public StepPlace PlaceOf(int step) =>
        new(plan[step].InnerEpoch, [.. plan[step].SamplingSteps.Select(sampling => data.Timesteps[sampling])]);

    /// <inheritdoc />
    public IReadOnlyList<object> Check(CancellationToken stop)
    {
        var own = plan.SelectMany(step => step.Groups).FirstOrDefault(data.IsOwn, -1);
        return own < 0 ? [] : new RatioSelfCheck(policy, data, options.RatioTolerance)
            .Run(own, plan.SelectMany(step => step.SamplingSteps), imagesAtOnce, stop);
    }

    /// <inheritdoc />
    public int Begin(int step)
    {
        var planned = plan[step];
        data.Load(planned.Groups);
        data.Pass = options.Redraw ? planned.InnerEpoch : null;
        _loss = new D3poStepLoss(planned, _budget?.Steer(options) ?? options, ImagesScored(planned));
        _parts = _official
            ? [.. planned.Preferences.SelectMany(pair => planned.SamplingSteps.Select(sampling => new Part(sampling, null, pair)))]
            : [.. MicroBatch.Cut(planned.Preferences, planned.SamplingSteps, imagesAtOnce)
                .Select(batch => new Part(batch.SamplingStep, batch, null))];
        return _parts.Length;
    }

    /// <inheritdoc />
    public Tensor Refer(int part) => _parts[part].Batch is { } batch
        ? cat([.. data.Rows(batch).Parts(imagesAtOnce).Select(rows => policy.Score(rows).Means)])
        : cat([.. RowsOf(_parts[part]).Select(row => policy.Score(row).LogProbabilities)]);

    /// <inheritdoc />
    public PartResult Compute(int number, Tensor? reference, Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        var part = _parts[number];
        part.Statistics = new TimestepStatistics();
        var gradients = part.Batch is not { } batch ? OfPair(part, reference!, leaves)
            : batch.Images <= imagesAtOnce ? AtOnce(part, batch, reference, leaves)
            : InParts(part, batch, reference, leaves);
        foreach (var gradient in gradients)
        {
            gradient?.DetachFromDisposeScope();
        }
        return new PartResult(gradients, part.Statistics.Shares(_loss!.Pairs, _loss.Images));
    }

    /// <inheritdoc />
    public JsonNode? Counted(int part) => _parts[part].Statistics.ToJson();

    /// <inheritdoc />
    public void TakeCounted(int part, JsonNode counted) => _parts[part].Statistics = TimestepStatistics.FromJson(counted);

    /// <inheritdoc />
    public IReadOnlyList<object> Stepped(int step, double gradientNorm)
    {
        _ledger.Add(StepStatistics, gradientNorm);
        object[] round = _budget?.Stepped(step, StepStatistics.Values) is { } line ? [line] : [];
        return step + 1 < plan.Count && plan[step + 1].InnerEpoch == plan[step].InnerEpoch ? round : [.. round, .. ClosePass(step)];
    }

    private IReadOnlyList<TimestepMetrics> ClosePass(int step)
    {
        var lines = _ledger.Close(plan[step].InnerEpoch, data.Timesteps);
        foreach (var line in lines)
        {
            report?.Invoke(line.ToText());
        }
        return lines;
    }

    private int ImagesScored(PlannedStep step) => _official ? 2 * step.Preferences.Count : step.ImageCount;

    private PolicyRows[] RowsOf(Part part)
    {
        var pair = part.Pair!;
        return [data.Rows(pair.Group, [pair.Winner], part.SamplingStep), data.Rows(pair.LoserGroup, [pair.Loser], part.SamplingStep)];
    }
}
