using System.Text.Json;
using System.Text.Json.Nodes;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// Steers the weight of the divergence from the policy that sampled, so that an epoch ends about a budget away from it (PPO's adaptive
/// penalty, arXiv 1707.06347, section 4, within an epoch). A round goes over all sampling steps of the same images once. The way
/// √divergence is to grow evenly, so round r of R may have come to budget · (r/R)². Beyond 1.5 times that, the weight doubles; below
/// that over 1.5, it is halved.
/// </summary>
public sealed class DivergenceBudget
{
    private const double Tolerance = 1.5, Factor = 2;

    // Beyond this times the weight it began with, either way, more changes nothing but how long the way back is.
    private const double Reach = 256;

    private readonly double _budget;
    private readonly double _first;
    private readonly int[] _lastOfRounds;
    private Standing _now;

    /// <param name="plan">All optimizer steps.</param>
    /// <param name="options">Budget and first weight.</param>
    public DivergenceBudget(IReadOnlyList<PlannedStep> plan, D3poOptions options)
    {
        (_budget, _first) = (options.KlBudget, options.KlToPrevious);
        _lastOfRounds = [.. Enumerable.Range(0, plan.Count).Where(step => step + 1 == plan.Count
            || plan[step + 1].InnerEpoch != plan[step].InnerEpoch || plan[step + 1].Preferences != plan[step].Preferences)];
        _now = new(_first, 0, 0, 0);
    }

    // What a checkpoint keeps: the weight from here on, rounds that are done, and the sum over the images of the begun one, in nats.
    private sealed record Standing(double Weight, int Round, double Divergence, long Images);

    /// <summary>A line of the metrics file: a round that is done.</summary>
    /// <param name="Divergence">Mean of its images and timesteps, in nats.</param>
    /// <param name="Expected">What it was to be.</param>
    /// <param name="Weight">From here on.</param>
    public sealed record RoundMetrics(int Round, double Divergence, double Expected, double Weight)
    {
        public string Kind => "budget";
    }

    /// <summary>The options with the weight as it is now.</summary>
    public D3poOptions Steer(D3poOptions options) => options with { KlToPrevious = _now.Weight };

    /// <summary>Counts an optimizer step; returns the round's line where it was the round's last.</summary>
    /// <param name="step">Of the plan.</param>
    /// <param name="statistics">Of each of its sampling steps.</param>
    public RoundMetrics? Stepped(int step, IEnumerable<TimestepStatistics> statistics)
    {
        var sum = TimestepStatistics.Sum(statistics);
        _now = _now with { Divergence = _now.Divergence + sum.Kl, Images = _now.Images + sum.Images };
        if (step < _lastOfRounds[_now.Round])
        {
            return null;
        }
        var (round, came) = (_now.Round + 1, _now.Divergence / _now.Images);
        var expected = _budget * Math.Pow((double)round / _lastOfRounds.Length, 2);
        var weight = came > Tolerance * expected ? _now.Weight * Factor : came < expected / Tolerance ? _now.Weight / Factor : _now.Weight;
        _now = new(Math.Clamp(weight, _first / Reach, _first * Reach), round, 0, 0);
        return new(round, came, expected, _now.Weight);
    }

    /// <summary>Puts where a budget stands into what a checkpoint keeps beside it.</summary>
    public static JsonNode Beside(JsonNode state, DivergenceBudget? budget)
    {
        if (budget is not null)
        {
            state[nameof(DivergenceBudget)] = JsonSerializer.SerializeToNode(budget._now);
        }
        return state;
    }

    /// <summary>Goes on from what a checkpoint kept.</summary>
    public void TakeOver(JsonNode state) => _now = state[nameof(DivergenceBudget)].Deserialize<Standing>()!;
}
