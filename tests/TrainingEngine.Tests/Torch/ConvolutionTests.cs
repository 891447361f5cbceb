using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed class ConvolutionTests
{
    public static TheoryData<long, long, long, long> Shapes => new()
    {
        { 4, 4, 3, 1 }, { 4, 20, 3, 1 }, { 12, 8, 3, 1 }, { 40, 20, 3, 1 }, { 24, 12, 3, 2 }, { 48, 40, 3, 2 }, { 3, 32, 3, 1 }, { 32, 3, 3, 1 }, { 20, 12, 1, 1 }, { 16, 32, 3, 1 }, { 80, 112, 3, 2 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_convolution_of_any_number_of_channels_is_the_sum_that_it_is_defined_as(long inputs, long outputs, long kernel, long stride)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var (x, weight, bias) = (randn(3, inputs, 9, 9), randn(outputs, inputs, kernel, kernel), randn(outputs));
        var leaves = new[] { x, weight }.Select(tensor => tensor.clone().requires_grad_(true)).ToArray();
        var exact = new[] { x, weight }.Select(tensor => tensor.to(ScalarType.Float64).requires_grad_(true)).ToArray();

        var found = OneDnn.Convolve(leaves[0], leaves[1], bias, stride, kernel / 2);
        var columns = nn.functional.unfold(exact[0], kernel, 1, kernel / 2, stride);
        var expected = matmul(exact[1].reshape(outputs, -1), columns).reshape(found.shape) + bias.reshape(1, outputs, 1, 1);

        AssertClose(expected, found);
        var slope = randn(found.shape);
        Assert.All(
            autograd.grad([expected], exact, [slope.to(ScalarType.Float64)]).Zip(autograd.grad([found], leaves, [slope])),
            pair => AssertClose(pair.First, pair.Second));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Convolutions_without_oneDNN_are_those_with_it(bool bias)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        var (x, weight, added) = (randn(2, 16, 8, 8), randn(32, 16, 3, 3), bias ? randn(32) : null);

        AssertClose(OneDnn.Convolve(x, weight, added, padding: 1), OneDnn.Without(() => nn.functional.conv2d(x, weight, added, padding: [1, 1])));
    }

    private static void AssertClose(Tensor expected, Tensor found)
    {
        var difference = (expected.to(ScalarType.Float64) - found.to(ScalarType.Float64)).abs().max().item<double>();
        Assert.True(difference <= 1e-5 * Math.Max(1, expected.abs().max().to(ScalarType.Float64).item<double>()), $"they differ by {difference}");
    }
}
