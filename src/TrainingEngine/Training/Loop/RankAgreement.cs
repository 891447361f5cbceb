using System.Security.Cryptography;
using Labeler.TrainingEngine.Compute.Ranks;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>What ranks must agree on, so that none of them waits for another that does something else.</summary>
internal static class RankAgreement
{
    /// <summary>All go on from the same checkpoint.</summary>
    /// <param name="position">Of the checkpoint that this rank sees; null for none.</param>
    /// <exception cref="EngineException">They see different ones.</exception>
    public static void RequireOnePlace(IRanks ranks, string output, int? position)
    {
        var seen = ranks.Gather(position ?? -1);
        if (ranks.Count > 1 && seen.Distinct().Count() > 1)
        {
            var steps = string.Join(", ", seen.Select(Name));
            throw new EngineException($"the {ranks.Count} ranks see different checkpoints in {output} (steps {steps}): "
                + "give a folder that all of their machines share");
        }
        static string Name(int position) => position < 0 ? "none" : $"{position}";
    }

    /// <summary>Stops all where one was told to; between optimizer steps, because within one they wait for each other.</summary>
    /// <returns>What the step is to look at.</returns>
    /// <exception cref="OperationCanceledException">At every rank.</exception>
    public static CancellationToken OnStopping(IRanks ranks, CancellationToken stop)
    {
        if (ranks.Count == 1)
        {
            return stop;
        }
        return ranks.Gather(stop.IsCancellationRequested).Contains(true)
            ? throw new OperationCanceledException(stop)
            : CancellationToken.None;
    }

    /// <summary>Every rank has the first one's weights to the last bit.</summary>
    /// <exception cref="EngineException">Some do not: their machines compute differently.</exception>
    public static void RequireSameWeights(IRanks ranks, TrainableWeights weights)
    {
        if (ranks.Count == 1)
        {
            return;
        }
        var hashes = ranks.Gather(HashOf(weights));
        var other = Enumerable.Range(0, ranks.Count).FirstOrDefault(rank => hashes[rank] != hashes[0]);
        if (other > 0)
        {
            throw new EngineException($"rank {other} has other weights than rank 0: train on machines of one kind, with one version of "
                + "this program and one device each; the last checkpoint is good");
        }
    }

    private static string HashOf(TrainableWeights weights)
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var weight in weights.Weights)
        {
            hash.AppendData(weight.detach().cpu().contiguous().bytes);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
