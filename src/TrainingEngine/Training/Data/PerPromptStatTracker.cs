namespace Labeler.TrainingEngine.Training.Data;

/// <summary>
/// Normalises rewards by the running mean and standard deviation of their prompt (DDPO, arXiv 2305.13301, as in its authors' program).
/// A prompt with fewer than <paramref name="minimumCount"/> rewards so far uses the batch's own.
/// </summary>
/// <param name="bufferSize">Rewards remembered per prompt; the oldest leave first.</param>
/// <param name="minimumCount">Rewards that a prompt needs for statistics of its own.</param>
public sealed class PerPromptStatTracker(int bufferSize = 16, int minimumCount = 16)
{
    private readonly Dictionary<string, Queue<double>> _rewards = [];

    /// <summary>Remembers a batch and returns its advantages (r − mean) / (population std + 1e-6), in the batch's order.</summary>
    public double[] Update(IReadOnlyList<string> prompts, IReadOnlyList<double> rewards)
    {
        if (prompts.Count != rewards.Count)
        {
            throw new EngineException($"{prompts.Count} prompts but {rewards.Count} rewards");
        }
        var batch = Statistics(rewards);
        for (var i = 0; i < prompts.Count; i++)
        {
            Remember(prompts[i], rewards[i]);
        }
        var statistics = prompts.Distinct().ToDictionary(
            prompt => prompt,
            prompt => _rewards[prompt].Count < minimumCount ? batch : Statistics(_rewards[prompt]));
        return [.. prompts.Zip(rewards, (prompt, reward) => (reward - statistics[prompt].Mean) / (statistics[prompt].Deviation + 1e-6))];
    }

    /// <summary>Mean, population standard deviation and count of the rewards remembered for each prompt.</summary>
    public IReadOnlyDictionary<string, (double Mean, double Deviation, int Count)> Current() => _rewards.ToDictionary(
        pair => pair.Key,
        pair => (Statistics(pair.Value).Mean, Statistics(pair.Value).Deviation, pair.Value.Count));

    /// <summary>The rewards remembered for each prompt, the oldest first.</summary>
    public IReadOnlyDictionary<string, double[]> Remembered() =>
        _rewards.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());

    /// <summary>Remembers the rewards of earlier batches; the last ones that fit stay.</summary>
    public void Recall(IReadOnlyDictionary<string, double[]> rewards)
    {
        foreach (var (prompt, earlier) in rewards)
        {
            Array.ForEach(earlier, reward => Remember(prompt, reward));
        }
    }

    private void Remember(string prompt, double reward)
    {
        if (!_rewards.TryGetValue(prompt, out var queue))
        {
            _rewards[prompt] = queue = new Queue<double>();
        }
        queue.Enqueue(reward);
        if (queue.Count > bufferSize)
        {
            queue.Dequeue();
        }
    }

    private static (double Mean, double Deviation) Statistics(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }
}
