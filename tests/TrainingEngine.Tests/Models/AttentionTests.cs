using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

public sealed class AttentionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(500)]
    public void Attention_in_slices_is_attention_at_once_with_its_gradients(long mostScores)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = (Draw(2, 3, 11, 4), Draw(2, 3, 7, 4), Draw(2, 3, 7, 4));
        var mask = full([11, 7], double.NegativeInfinity).triu(1);

        var whole = TorchExtensions.Attend(query, key, value, mask: mask);
        var sliced = TorchExtensions.Attend(query, key, value, mask: mask, mostScores: mostScores);

        Tensors.AssertClose(whole, sliced, 1e-6);
        var slope = randn(whole.shape);
        Assert.All(
            autograd.grad([whole], [query, key, value], [slope]).Zip(autograd.grad([sliced], [query, key, value], [slope])),
            pair => Tensors.AssertClose(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Every_query_takes_the_value_of_the_key_that_it_matches()
    {
        using var scope = NewDisposeScope();
        var keys = eye(4).reshape(1, 1, 4, 4) * 100;
        var values = arange(4, ScalarType.Float32).reshape(1, 1, 4, 1);

        var found = TorchExtensions.Attend(keys.flip(2), keys, values);

        Assert.Equal([3f, 2, 1, 0], found.reshape(-1).data<float>().ToArray());
    }

    [Fact]
    public void Upcast_attention_survives_scores_beyond_half_precision()
    {
        using var scope = NewDisposeScope();
        var large = full([1, 1, 2, 4], 300, ScalarType.BFloat16);

        var found = TorchExtensions.Attend(large, large, full([1, 1, 2, 4], 3, ScalarType.BFloat16), upcast: true);

        Assert.Equal(ScalarType.BFloat16, found.dtype);
        Assert.All(found.to(ScalarType.Float32).reshape(-1).data<float>().ToArray(), element => Assert.Equal(3, element));
    }

    private static Tensor Draw(params long[] size) => randn(size).requires_grad_(true);
}
