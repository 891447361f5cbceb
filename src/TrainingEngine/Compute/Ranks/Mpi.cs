using System.Runtime.InteropServices;

namespace Labeler.TrainingEngine.Compute.Ranks;

/// <summary>The few functions of Open MPI (4.x, 5.x) that training needs, from the system's library. All data travel as bytes.</summary>
internal sealed unsafe class Mpi
{
    private const string Library = "libmpi.so.40";

    // MPI_THREAD_SERIALIZED: any thread may call, one at a time.
    private const int Serialized = 2;

    private readonly nint _library;
    private readonly nint _world;
    private readonly nint _byte;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> _allToAll;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> _allGather;
    private readonly delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int> _allGatherOfLengths;

    /// <summary>Joins the processes that were started together.</summary>
    /// <exception cref="EngineException">There is no Open MPI, or it cannot begin.</exception>
    public Mpi()
    {
        if (!NativeLibrary.TryLoad(Library, out _library))
        {
            throw new EngineException(
                $"{Library} is not there: install Open MPI (Debian and Ubuntu: apt-get install openmpi-bin) on every machine");
        }
        // Open MPI's handles are addresses of variables in the library.
        (_world, _byte) = (NativeLibrary.GetExport(_library, "ompi_mpi_comm_world"), NativeLibrary.GetExport(_library, "ompi_mpi_byte"));
        int given;
        Check(((delegate* unmanaged<int*, void*, int, int*, int>)Function("MPI_Init_thread"))(null, null, Serialized, &given));
        if (given < Serialized)
        {
            throw new EngineException("this Open MPI was built without support of threads (MPI_THREAD_SERIALIZED): take another build");
        }
        (Rank, Count) = (Number("MPI_Comm_rank"), Number("MPI_Comm_size"));
        _allToAll = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Function("MPI_Alltoall");
        _allGather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Function("MPI_Allgather");
        _allGatherOfLengths = (delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int>)Function("MPI_Allgatherv");
    }

    public int Rank { get; }

    public int Count { get; }

    /// <summary>Sends the n-th of <see cref="Count"/> equal pieces to rank n, and takes the piece that each rank has for this
    /// one.</summary>
    public void AllToAll(ReadOnlySpan<byte> send, Span<byte> receive)
    {
        fixed (byte* from = send)
        fixed (byte* to = receive)
        {
            Check(_allToAll(from, send.Length / Count, _byte, to, receive.Length / Count, _byte, _world));
        }
    }

    /// <summary>Takes the piece of every rank, in their order; all are equally long.</summary>
    public void AllGather(ReadOnlySpan<byte> send, Span<byte> receive)
    {
        fixed (byte* from = send)
        fixed (byte* to = receive)
        {
            Check(_allGather(from, send.Length, _byte, to, send.Length, _byte, _world));
        }
    }

    /// <summary>Takes the piece of every rank, in their order.</summary>
    /// <param name="lengths">Bytes of each.</param>
    public void AllGather(ReadOnlySpan<byte> send, Span<byte> receive, int[] lengths)
    {
        var places = new int[lengths.Length];
        for (var rank = 1; rank < lengths.Length; rank++)
        {
            places[rank] = places[rank - 1] + lengths[rank - 1];
        }
        fixed (byte* from = send)
        fixed (byte* to = receive)
        fixed (int* length = lengths)
        fixed (int* place = places)
        {
            Check(_allGatherOfLengths(from, send.Length, _byte, to, length, place, _byte, _world));
        }
    }

    /// <summary>Leaves the others, once all have come to this.</summary>
    public void Finish() => Check(((delegate* unmanaged<int>)Function("MPI_Finalize"))());

    private static void Check(int code)
    {
        if (code != 0)
        {
            throw new EngineException($"Open MPI failed with code {code}; what it printed says why");
        }
    }

    private int Number(string function)
    {
        int number;
        Check(((delegate* unmanaged<nint, int*, int>)Function(function))(_world, &number));
        return number;
    }

    private nint Function(string name) => NativeLibrary.GetExport(_library, name);
}
