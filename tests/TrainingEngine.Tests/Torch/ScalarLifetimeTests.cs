using System.Diagnostics;
using System.Reflection;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed class ScalarLifetimeTests
{
    [Fact]
    public void TorchSharp_keeps_what_it_hands_to_libtorch_alive_until_the_call_is_over() =>
        Assert.True(typeof(Tensor).Assembly.GetCustomAttribute<DebuggableAttribute>()!.IsJITOptimizerDisabled);

    // Failed within a second with the package's own file.
    [Fact]
    public void Numbers_survive_the_garbage_collector_while_operators_use_them()
    {
        using var ended = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        var collector = new Thread(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        Parallel.For(0, 3, _ =>
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var four = ones(4);
            while (!ended.IsCancellationRequested)
            {
                using var inner = NewDisposeScope();
                Assert.Equal(0.4f, four.div(2.5).mul(3.0).add(1.5).sub(1.5).div(3.0).sum().item<float>() / 4, 1e-5f);
            }
        });
        collector.Join();
    }
}
