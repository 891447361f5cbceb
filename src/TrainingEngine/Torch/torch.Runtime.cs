using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of the libtorch that the binding was built with.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(NativeMethods.Version())!;

    /// <summary>How many threads one operator uses.</summary>
    public static int get_num_threads() => NativeMethods.Threads();

    /// <summary>Leaves the threads of a BLAS of its own alone.</summary>
    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.SetThreads(num));

    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>The CUDA devices.</summary>
    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => NativeMethods.CudaDevices();

        /// <summary>Waits until the device has done all its work.</summary>
        public static void synchronize(Device? device = null) => NativeMethods.Check(NativeMethods.CudaSynchronize(device?.index ?? -1));
    }
}
