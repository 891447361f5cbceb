using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Compute.Ranks;

/// <summary>
/// The processes that train one model together, each with a copy of its own (data parallelism). Every rank asks for the same things in
/// the same order; what comes back is the same at each of them.
/// </summary>
public interface IRanks : IDisposable
{
    /// <summary>This process, from 0.</summary>
    int Rank { get; }

    /// <summary>All of them.</summary>
    int Count { get; }

    /// <summary>How many of them are on this machine.</summary>
    int OnMachine { get; }

    /// <summary>This process among those on its machine, from 0.</summary>
    int RankOnMachine { get; }

    /// <summary>Writes files and tells how it goes; the others compute.</summary>
    bool IsFirst => Rank == 0;

    /// <summary>What each rank gives, in their order, at every rank.</summary>
    IReadOnlyList<T> Gather<T>(T value);

    /// <summary>Puts the sum over all ranks into each tensor, added up in the order of ranks whatever arrives first: the same bits in
    /// every run with this number of ranks.</summary>
    /// <param name="tensors">float32, of the same shapes at every rank.</param>
    void Sum(IReadOnlyList<Tensor> tensors);

    /// <summary>All is done. A process that ends without it ends the others.</summary>
    void Leave();
}
