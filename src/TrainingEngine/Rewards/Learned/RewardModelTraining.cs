using System.Globalization;
using Labeler.Shared.Imaging;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>
/// Learns a reward from judged pairs: Bradley–Terry on some groups, accuracy on the others. No pass is picked out by its
/// accuracy; what is reported is the accuracy of the last.
/// </summary>
public static class RewardModelTraining
{
    /// <summary>Trains a reward model and measures it on groups that it has not seen.</summary>
    /// <param name="pictures">All images, each 64 × 64 or to be brought there.</param>
    /// <param name="pairs">Judgements of them.</param>
    /// <param name="options">Settings.</param>
    /// <param name="report">Takes a line for each pass.</param>
    /// <param name="stop">Looked at between steps.</param>
    /// <exception cref="EngineException">There are too few groups, or the numbers are lost.</exception>
    public static RewardModel Run(
        IReadOnlyList<Func<Picture>> pictures, IReadOnlyList<JudgedPair> pairs, RewardModelOptions options, Action<string> report,
            CancellationToken stop)
    {
        options.Validate();
        var (learned, heldOut) = Split(pairs, options);
        string[] prompts = [.. pairs.Select(pair => pair.Prompt).Distinct().Order(StringComparer.Ordinal)];
        using var scope = NewDisposeScope();
        var images = cat([.. pictures.Select(open => Pixels.ToTensor([RewardModel.Sized(open())]))]); // [n, 3, 64, 64]
        var network = RewardNetwork.Create(prompts.Length, options.Seed);
        using (var weights =
            new TrainableWeights(
                [.. network.Weights.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))],
                    options.AdamW))
        {
            for (var pass = 0; pass < options.InnerEpochs; pass++)
            {
                var loss = Pass(network, weights, images, [.. learned], prompts, options, pass, stop);
                report(string.Create(CultureInfo.InvariantCulture,
                    $"pass {pass + 1} of {options.InnerEpochs}: loss {loss:0.0000}, right on "
                        + $"{RewardModel.Told(Accuracy(network, images, heldOut, prompts))} held-out pairs"));
            }
        }
        foreach (var weight in network.Weights.Values)
        {
            weight.requires_grad_(false);
        }
        return new RewardModel(network, prompts, Accuracy(network, images, heldOut, prompts), learned.Count);
    }

    private static (List<JudgedPair> Learned, List<JudgedPair> HeldOut) Split(IReadOnlyList<JudgedPair> pairs, RewardModelOptions options)
    {
        int[] groups = [.. pairs.Select(pair => pair.Group).Distinct().Order()];
        if (groups.Length < 2)
        {
            throw new EngineException($"{groups.Length} judged groups are too few for a reward model: some must be held out to measure it");
        }
        new Random(options.Seed).Shuffle(groups);
        var kept = groups[..Math.Clamp((int)Math.Round(options.HeldOutShare * groups.Length), 1, groups.Length - 1)].ToHashSet();
        return ([.. pairs.Where(pair => !kept.Contains(pair.Group))], [.. pairs.Where(pair => kept.Contains(pair.Group))]);
    }

    private static double Pass(
        RewardNetwork network, TrainableWeights weights, Tensor images, JudgedPair[] pairs, string[] prompts, RewardModelOptions options,
            int pass, CancellationToken stop)
    {
        new Random(unchecked((options.Seed * 1_000_003) + pass)).Shuffle(pairs);
        var sum = 0.0;
        foreach (var batch in pairs.Chunk(options.PairsPerStep))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (winners, losers) = Scores(network, images, batch, prompts);
            var loss = BradleyTerry.Loss(winners, losers, tensor(Array.ConvertAll(batch, pair => (float)pair.Weight)));
            weights.ClearGradients();
            weights.AddGradients(autograd.grad([loss], weights.Leaves, allow_unused: true));
            sum += loss.item<float>() * batch.Length;
            if (!double.IsFinite(weights.Step(options.MaxGradientNorm)))
            {
                throw new EngineException($"the reward model's gradient is not finite in pass {pass + 1}; take a lower learning rate");
            }
        }
        return sum / pairs.Length;
    }

    private static Proportion Accuracy(RewardNetwork network, Tensor images, IReadOnlyList<JudgedPair> pairs, string[] prompts)
    {
        using var untracked = no_grad();
        var right = pairs.Chunk(64).Sum(batch =>
        {
            using var scope = NewDisposeScope();
            var (winners, losers) = Scores(network, images, batch, prompts);
            return winners.gt(losers).sum().item<long>();
        });
        return Proportion.Wilson((int)right, pairs.Count);
    }

    private static (Tensor Winners, Tensor Losers) Scores(RewardNetwork network, Tensor images, JudgedPair[] batch, string[] prompts)
    {
        var rows = tensor([.. batch.Select(pair => (long)pair.Winner), .. batch.Select(pair => (long)pair.Loser)], ScalarType.Int64);
        long[] asked = [.. batch.Select(pair => (long)Array.IndexOf(prompts, pair.Prompt))];
        var scores = network.Forward(images.index_select(0, rows), tensor([.. asked, .. asked], ScalarType.Int64))
            .split([batch.Length, batch.Length]);
        return (scores[0], scores[1]);
    }
}
