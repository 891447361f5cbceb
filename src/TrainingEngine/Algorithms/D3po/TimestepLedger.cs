using System.Text.Json.Serialization;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>What happened at each timestep: sums of the inner epoch that runs, and the averages of those that are done.</summary>
public sealed class TimestepLedger
{
    [JsonInclude]
    private Dictionary<int, TimestepStatistics> Sums { get; set; } = [];

    /// <summary>Averages of the inner epochs that are done.</summary>
    [JsonInclude]
    public List<TimestepMetrics> Finished { get; private set; } = [];

    /// <summary>Takes over what a checkpoint kept.</summary>
    public void TakeOver(TimestepLedger kept) => (Sums, Finished) = (kept.Sums, kept.Finished);

    /// <summary>Adds an optimizer step.</summary>
    /// <param name="statistics">By sampling step.</param>
    public void Add(IReadOnlyDictionary<int, TimestepStatistics> statistics, double gradientNorm)
    {
        foreach (var (sampling, sums) in statistics)
        {
            var total = Sums.TryGetValue(sampling, out var known) ? known : Sums[sampling] = new TimestepStatistics();
            total.Add(sums);
            total.GradientNorm += gradientNorm;
            total.Steps++;
        }
    }

    /// <summary>Ends an inner epoch; returns its averages, a line for each timestep.</summary>
    public IReadOnlyList<TimestepMetrics> Close(int epoch, long[] timesteps)
    {
        TimestepMetrics[] lines =
            [.. Sums.OrderBy(pair => pair.Key).Select(pair => TimestepMetrics.From(epoch, pair.Key, timesteps[pair.Key], pair.Value))];
        Finished.AddRange(lines);
        Sums.Clear();
        return lines;
    }
}
