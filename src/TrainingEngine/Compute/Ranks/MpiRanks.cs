using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Compute.Ranks;

/// <summary>Ranks that Open MPI's <c>mpirun</c> or Slurm's <c>srun</c> has started.</summary>
public sealed class MpiRanks : IRanks
{
    // float32 numbers of a rank's piece that travel at once: what is under way takes this times the number of ranks, twice.
    private const int Piece = 1 << 20;

    private static readonly JsonSerializerOptions Format = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly Mpi _mpi = new();

    /// <summary>Joins the others.</summary>
    /// <exception cref="EngineException">There is no Open MPI on this machine.</exception>
    public MpiRanks()
    {
        var machines = Gather(Environment.MachineName);
        OnMachine = machines.Count(Environment.MachineName.Equals);
        RankOnMachine = machines.Take(Rank).Count(Environment.MachineName.Equals);
    }

    /// <summary>Was this process started as one of several?</summary>
    public static bool IsOne => Environment.GetEnvironmentVariable("PMIX_RANK") is not null;

    /// <inheritdoc />
    public int Rank => _mpi.Rank;

    /// <inheritdoc />
    public int Count => _mpi.Count;

    /// <inheritdoc />
    public int OnMachine { get; }

    /// <inheritdoc />
    public int RankOnMachine { get; }

    /// <inheritdoc />
    public IReadOnlyList<T> Gather<T>(T value)
    {
        var own = JsonSerializer.SerializeToUtf8Bytes(value, Format);
        var lengths = new int[Count];
        _mpi.AllGather(MemoryMarshal.AsBytes<int>([own.Length]), MemoryMarshal.AsBytes(lengths.AsSpan()));
        var all = new byte[lengths.Sum()];
        _mpi.AllGather(own, all, lengths);
        var (values, at) = (new T[Count], 0);
        for (var rank = 0; rank < Count; at += lengths[rank++])
        {
            values[rank] = JsonSerializer.Deserialize<T>(all.AsSpan(at, lengths[rank]), Format)!;
        }
        return values;
    }

    /// <inheritdoc />
    public void Sum(IReadOnlyList<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        // One buffer: a message for each of an adapter's small tensors would cost more than the numbers in it.
        var flat = cat([.. tensors.Select(tensor => tensor.cpu().reshape(-1))]);
        for (long at = 0; at < flat.shape[0]; at += (long)Piece * Count)
        {
            SumOf(flat.narrow(0, at, Math.Min((long)Piece * Count, flat.shape[0] - at)));
        }
        var start = 0L;
        foreach (var tensor in tensors)
        {
            tensor.copy_(flat.narrow(0, start, tensor.numel()).reshape(tensor.shape));
            start += tensor.numel();
        }
    }

    /// <inheritdoc />
    public void Leave() => _mpi.Finish();

    /// <summary>Without <see cref="Leave"/> the process leaves by its end, which ends the others.</summary>
    public void Dispose()
    {
    }

    // Each rank adds up a piece of its own and hands it to all: 2 (n − 1) / n of the numbers leave every rank, as in a ring.
    private void SumOf(Tensor numbers)
    {
        using var scope = NewDisposeScope();
        var each = (numbers.shape[0] + Count - 1) / Count;
        var padded = zeros(each * Count);
        padded.narrow(0, 0, numbers.shape[0]).copy_(numbers);
        var received = zeros(Count, each);
        _mpi.AllToAll(padded.bytes, received.bytes);
        var sum = received[0].clone();
        for (var rank = 1; rank < Count; rank++)
        {
            sum.add_(received[rank]);
        }
        _mpi.AllGather(sum.bytes, padded.bytes);
        numbers.copy_(padded.narrow(0, 0, numbers.shape[0]));
    }
}
