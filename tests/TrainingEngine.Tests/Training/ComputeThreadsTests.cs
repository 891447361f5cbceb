using Labeler.TrainingEngine.Compute;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Training;

public sealed class ComputeThreadsTests
{
    [Fact]
    public void Results_are_taken_in_order_whatever_the_timing()
    {
        using var workers = new ComputeThreads(3, 1);
        var taken = new List<int>();

        workers.Run(20, job => { Thread.Sleep((job * 7) % 5); return job * job; }, (job, square) => { Assert.Equal(job * job, square); taken.Add(job); });

        Assert.Equal(Enumerable.Range(0, 20), taken);
    }

    [Fact]
    public void A_sum_of_gradients_is_bit_equal_for_every_number_of_workers()
    {
        var sums = new[] { 1, 2, 3 }.Select(count =>
        {
            using var workers = new ComputeThreads(count, 1);
            using var scope = NewDisposeScope();
            using var generator = new Generator(3);
            var weight = randn([40, 40], generator: generator).requires_grad_();
            var inputs = Enumerable.Range(0, 8).Select(_ => randn([30, 40], generator: generator)).ToArray();
            var sum = zeros_like(weight);
            workers.Run(8, job =>
            {
                using var inner = NewDisposeScope();
                return autograd.grad([inputs[job].matmul(weight).sigmoid().sum()], [weight])[0].DetachFromDisposeScope();
            }, (_, gradient) =>
            {
                sum.add_(gradient);
                gradient.Dispose();
            });
            return sum.data<float>().ToArray();
        }).ToArray();

        Assert.Equal(sums[0], sums[1]);
        Assert.Equal(sums[0], sums[2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_first_error_in_order_is_thrown_and_the_workers_stay_usable(int count)
    {
        using var workers = new ComputeThreads(count, 1);
        var taken = new List<int>();

        var error = Assert.Throws<InvalidOperationException>(() => workers.Run(
            10, job => job is 3 or 4 ? throw new InvalidOperationException($"job {job}") : job, (job, _) => taken.Add(job)));

        Assert.Equal("job 3", error.Message);
        Assert.Equal([0, 1, 2], taken);
        workers.Run(2, job => job, (job, _) => taken.Add(job));
        Assert.Equal([0, 1, 2, 0, 1], taken);
    }

    [Fact]
    public void A_cancelled_run_ends_between_two_jobs()
    {
        using var workers = new ComputeThreads(2, 1);
        using var stop = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => workers.Run(
            1000, job => job, (job, _) => { if (job == 5) { stop.Cancel(); } }, stop.Token));
    }
}
