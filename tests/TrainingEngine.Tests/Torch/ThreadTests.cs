using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed partial class ThreadTests
{
    [Fact]
    public void One_setting_holds_for_libtorch_and_for_its_linear_algebra()
    {
        using var warm = ones(8, 8).matmul(ones(8, 8));
        foreach (var count in new[] { 2, 1 })
        {
            TorchGaps.SetThreads(count);
            Assert.Equal(count, get_num_threads());
            Assert.Equal(count, LinearAlgebraThreads());
        }
    }

    [Fact]
    public void Threads_that_wait_are_asked_to_sleep() =>
        Assert.NotNull(Marshal.PtrToStringUTF8(getenv("OMP_WAIT_POLICY")));

    [Fact]
    public void Two_threads_compute_side_by_side_what_one_computes_alone()
    {
        var alone = Train(1);
        var together = new[] { 1, 2, 1 }.AsParallel().AsOrdered().WithDegreeOfParallelism(3).Select(Train).ToArray();
        Assert.Equal(alone, together[0]);
        Assert.Equal(alone, together[2]);
        Assert.NotEqual(alone, together[1]);

        static float[] Train(int seed)
        {
            set_num_threads(1);
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            var weight = randn(16, 16, generator: generator).requires_grad_();
            for (var step = 0; step < 200; step++)
            {
                using var inner = NewDisposeScope();
                randn(8, 16, generator: generator).matmul(weight).tanh().pow(2).mean().backward();
                using var untracked = no_grad();
                weight.add_(weight.grad!, -0.1);
                weight.grad!.zero_();
            }
            return weight.detach().data<float>().ToArray();
        }
    }

    private static unsafe int LinearAlgebraThreads()
    {
        var library = dlopen("libopenblas.so.0", 5);
        return library == 0 ? get_num_threads() : ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "openblas_get_num_threads"))();
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getenv(string name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint dlopen(string name, int flags);
}
