using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed class GradientTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["linear"] = x => F.linear(x.view(3, 4), Fixed(5, 4), Fixed(5)),
        ["conv2d"] = x => F.conv2d(x.view(1, 2, 2, 3), Fixed(3, 2, 3, 3), Fixed(3), padding: [1, 1]),
        ["conv2d with stride"] = x => F.conv2d(x.view(1, 1, 3, 4), Fixed(2, 1, 2, 2), strides: [2, 2]),
        ["group_norm"] = x => F.group_norm(x.view(1, 4, 3), 2, Fixed(4), Fixed(4), 1e-6),
        ["layer_norm"] = x => F.layer_norm(x.view(3, 4), [4], Fixed(4), Fixed(4)),
        ["silu"] = x => F.silu(x),
        ["gelu"] = x => F.gelu(x),
        ["gelu by tanh"] = x => F.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        ["softmax"] = x => x.view(3, 4).softmax(-1) * Fixed(3, 4),
        ["log_softmax"] = x => x.view(3, 4).log_softmax(0) * Fixed(3, 4),
        ["logsigmoid"] = x => F.logsigmoid(x),
        ["softplus"] = x => F.softplus(x),
        ["matmul"] = x => x.view(2, 2, 3).matmul(Fixed(3, 2)),
        ["attention"] = x => F.scaled_dot_product_attention(x.view(1, 1, 3, 4), Fixed(1, 1, 5, 4), Fixed(1, 1, 5, 2)),
        ["embedding"] = x => TorchGaps.Embedding(tensor(new long[] { 2, 0, 2 }), x.view(3, 4)) * Fixed(3, 4),
        ["interpolate"] = x => F.interpolate(x.view(1, 1, 3, 4), scale_factor: [2, 2]) * Fixed(1, 1, 6, 8),
        ["pad"] = x => F.pad(x.view(3, 4), [0, 1, 2, 0]) * Fixed(5, 5),
        ["huber_loss"] = x => F.huber_loss(x, zeros_like(x), 0.5),
        ["mse_loss"] = x => F.mse_loss(x, ones_like(x)),
        ["mean and var over a dimension"] = x => x.view(3, 4).mean([1]) + x.view(3, 4).var(1),
        ["norm"] = x => x.norm(),
        ["clamp"] = x => x.clamp(-0.5, 0.5) * Fixed(12),
        ["where"] = x => where(x.gt(0), x * 2, x.exp()),
        ["division"] = x => 1 / (x.abs() + 1) - x / 3,
        ["cat, slice and index"] = x => cat([x[TensorIndex.Slice(0, 4)], x[TensorIndex.Tensor(tensor(new long[] { 1, 1, 3 }))]]),
        ["gather"] = x => x.view(3, 4).gather(1, tensor(new long[,] { { 0, 3 }, { 1, 1 }, { 2, 0 } })) * Fixed(3, 2),
        ["einsum"] = x => einsum("ij,kj->ik", x.view(3, 4), Fixed(2, 4)),
        ["cumsum"] = x => x.cumsum(0) * Fixed(12),
        ["permute and expand"] = x => x.view(3, 4, 1).permute(2, 0, 1).expand(2, 3, 4) * Fixed(2, 3, 4),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_gradient_is_the_slope_of_its_function(string name)
    {
        using var scope = NewDisposeScope();
        var at = Fixed(12).mul_(1.3).add_(0.05);
        var x = at.clone().requires_grad_();
        Functions[name](x).sum().backward();
        var gradient = x.grad!.data<double>().ToArray();
        for (var i = 0; i < gradient.Length; i++)
        {
            Assert.Equal((ValueAt(i, 1e-5) - ValueAt(i, -1e-5)) / 2e-5, gradient[i], 1e-6 * Math.Max(1, Math.Abs(gradient[i])));
        }

        double ValueAt(int element, double offset)
        {
            using var inner = NewDisposeScope();
            using var untracked = no_grad();
            var moved = at.clone();
            moved[element].add_(offset);
            return Functions[name](moved).sum().item<double>();
        }
    }

    [Fact]
    public void The_gradient_of_a_gradient_is_the_second_derivative()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 2.0 }, requires_grad: true);
        var first = autograd.grad([x.pow(3).sum()], [x], create_graph: true)[0];
        Assert.Equal(12, first.item<double>());
        Assert.Equal(12, autograd.grad([first.sum()], [x])[0].item<double>());
        Assert.Null(x.grad);
    }

    [Fact]
    public void Nothing_is_tracked_without_grad_and_only_on_that_thread()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            var elsewhere = OtherThread.Run(() =>
            {
                using var theirs = x * 2;
                return theirs.requires_grad;
            });
            Assert.True(elsewhere);
            using (enable_grad())
            {
                Assert.True((x * 2).requires_grad);
            }
        }
        Assert.True((x * 2).requires_grad);
        Assert.False((x * 2).detach().requires_grad);
    }

    /// <summary>Numbers that look random and are the same everywhere.</summary>
    private static Tensor Fixed(params long[] shape)
    {
        var count = shape.Aggregate(1L, (product, size) => product * size);
        return tensor([.. Enumerable.Range(1, (int)count).Select(n => Math.Sin(n * 12.9898) * 0.9)], shape);
    }
}
