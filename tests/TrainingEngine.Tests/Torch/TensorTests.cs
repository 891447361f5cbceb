using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed class TensorTests
{
    [Fact]
    public void Arithmetic_gives_the_numbers_of_arithmetic()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]);
        Assert.Equal([3f, 5f, 7f, 9f], (x * 2 + 1).data<float>().ToArray());
        Assert.Equal([1f, 0.5f, 1 / 3f, 0.25f], (1 / x).data<float>().ToArray());
        Assert.Equal([-2f, -3f, -4f, -5f], (-1 - x).data<float>().ToArray());
        Assert.Equal([7f, 10f, 15f, 22f], x.matmul(x).data<float>().ToArray());
        Assert.Equal(10, x.sum().item<float>());
        Assert.Equal([2, 2], x.shape);
        Assert.Equal(float32, (x * 0.5).dtype);
    }

    [Fact]
    public void A_function_of_a_function_has_the_gradient_of_calculus()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 0.5, -1, 2 }, requires_grad: true);
        (x.pow(3) + x.sin()).sum().backward();
        var expected = new[] { 0.5, -1, 2 }.Select(v => 3 * v * v + Math.Cos(v)).ToArray();
        Assert.Equal(expected, x.grad!.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
    }
}
