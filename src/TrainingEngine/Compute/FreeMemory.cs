using System.Runtime.InteropServices;
using Labeler.Shared.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Compute;

/// <summary>Memory that a device has to give.</summary>
public static class FreeMemory
{
    private static readonly string[] CudaRuntimes = ["libcudart.so.12", "libcudart.so.13", "libcudart.so.11.0", "libcudart.so"];

    /// <summary>Bytes that are free, or null where that cannot be told.</summary>
    public static long? Of(Device device) => device.type == DeviceType.CPU ? MachineMemory.Free() : OfGpu(Math.Max(0, device.index));

    // libtorch has the runtime of CUDA in the process already.
    private static long? OfGpu(int index)
    {
        foreach (var name in CudaRuntimes)
        {
            if (!NativeLibrary.TryLoad(name, out var library))
            {
                continue;
            }
            if (!NativeLibrary.TryGetExport(library, "cudaSetDevice", out var choose)
                || !NativeLibrary.TryGetExport(library, "cudaMemGetInfo", out var ask))
            {
                continue;
            }
            return Ask(choose, ask, index);
        }
        return null;
    }

    private static unsafe long? Ask(nint choose, nint ask, int index)
    {
        nuint free = 0, total = 0;
        var chosen = ((delegate* unmanaged<int, int>)choose)(index) == 0;
        return chosen && ((delegate* unmanaged<nuint*, nuint*, int>)ask)(&free, &total) == 0 ? (long)free : null;
    }
}
