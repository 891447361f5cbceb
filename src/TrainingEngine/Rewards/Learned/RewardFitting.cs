using System.Globalization;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>One training of a reward network, and the pairs that it is right about afterwards.</summary>
internal static class RewardFitting
{
    private const int AtOnce = 64;

    /// <summary>A network that has learned from pairs.</summary>
    /// <param name="report">Takes a line for each pass.</param>
    public static RewardNetwork Fit(RewardExamples examples, IReadOnlyList<JudgedPair> learned, RewardModelOptions options,
        Action<string> report, CancellationToken stop)
    {
        var network = RewardNetwork.Create(examples.Shape, options.Seed);
        examples.Center(network, learned);
        using (var weights = new TrainableWeights([.. network.Learning], options.AdamW))
        {
            for (var pass = 0; pass < options.InnerEpochs; pass++)
            {
                var loss = Pass((network, weights), examples, [.. learned], options, pass, stop);
                report(string.Create(CultureInfo.InvariantCulture,
                    $"pass {pass + 1} of {options.InnerEpochs} over {learned.Count} pairs: loss {loss:0.0000}"));
            }
        }
        foreach (var weight in network.Weights.Values)
        {
            weight.requires_grad_(false);
        }
        return network;
    }

    /// <summary>Of each pair its group, and whether its winner has the higher score.</summary>
    public static IReadOnlyList<(int Group, bool IsRight)> Ask(RewardNetwork network, RewardExamples examples,
        IReadOnlyList<JudgedPair> pairs)
    {
        using var untracked = no_grad();
        return [.. pairs.Chunk(AtOnce).SelectMany(batch =>
        {
            using var scope = NewDisposeScope();
            var (winners, losers) = examples.Scores(network, batch);
            return batch.Select(pair => pair.Group).Zip(winners.gt(losers).data<bool>().ToArray());
        })];
    }

    private static double Pass((RewardNetwork Network, TrainableWeights Weights) trained, RewardExamples examples, JudgedPair[] pairs,
        RewardModelOptions options, int pass, CancellationToken stop)
    {
        new Random(unchecked((options.Seed * 1_000_003) + pass)).Shuffle(pairs);
        var sum = 0.0;
        foreach (var batch in pairs.Chunk(options.PairsPerStep))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (winners, losers) = examples.Scores(trained.Network, batch);
            var loss = BradleyTerry.Loss(winners, losers, tensor(Array.ConvertAll(batch, pair => (float)pair.Weight)));
            trained.Weights.ClearGradients();
            trained.Weights.AddGradients(autograd.grad([loss], trained.Weights.Leaves, allow_unused: true));
            sum += loss.item<float>() * batch.Length;
            if (!double.IsFinite(trained.Weights.Step(options.MaxGradientNorm)))
            {
                throw new EngineException($"the reward model's gradient is not finite in pass {pass + 1}; take a lower learning rate");
            }
        }
        return sum / pairs.Length;
    }
}
