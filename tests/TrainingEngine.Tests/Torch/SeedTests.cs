using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed class SeedTests
{
    [Fact]
    public void Two_generators_of_one_seed_draw_the_same_bits()
    {
        using var scope = NewDisposeScope();
        using var first = new Generator(42);
        using var second = new Generator(42);
        using var other = new Generator(43);
        Assert.Equal(Bits(randn(3, 50, generator: first)), Bits(randn(3, 50, generator: second)));
        Assert.Equal(Bits(rand(20, generator: first)), Bits(rand(20, generator: second)));
        Assert.Equal(Bits(randint(0, 1000, [20], generator: first).@float()), Bits(randint(0, 1000, [20], generator: second).@float()));
        Assert.Equal(Bits(randperm(30, generator: first).@float()), Bits(randperm(30, generator: second).@float()));
        Assert.NotEqual(Bits(randn(50, generator: first)), Bits(randn(50, generator: other)));
    }

    [Fact]
    public void A_generator_given_a_saved_state_goes_on_from_there()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        randn(13, generator: generator);
        var state = generator.get_state();
        var next = Bits(randn(100, generator: generator));
        using var resumed = new Generator();
        resumed.set_state(state);
        Assert.Equal(next, Bits(randn(100, generator: resumed)));
        Assert.Equal(7, generator.initial_seed());
    }

    [Fact]
    public void The_shared_generator_follows_manual_seed()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var first = Bits(randn(16));
        manual_seed(3);
        Assert.Equal(first, Bits(randn(16)));
    }

    [Fact]
    public void Computation_on_one_seed_is_bit_equal_run_after_run()
    {
        Assert.Equal(Trained(), Trained());

        static int[] Trained()
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(11);
            var x = randn(4, 3, 16, 16, generator: generator);
            var weight = randn(8, 3, 3, 3, generator: generator).requires_grad_();
            for (var step = 0; step < 5; step++)
            {
                nn.functional.silu(nn.functional.conv2d(x, weight, padding: [1, 1])).pow(2).mean().backward();
                using var untracked = no_grad();
                weight.add_(weight.grad!, -0.1);
            }
            return Bits(weight.detach());
        }
    }

    private static int[] Bits(Tensor values) => Array.ConvertAll(values.data<float>().ToArray(), BitConverter.SingleToInt32Bits);
}
