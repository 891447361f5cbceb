using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

public sealed class AttentionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fused_attention_is_the_softmax_of_its_definition_with_its_gradients(bool masked)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = (Draw(2, 3, 11, 4), Draw(2, 3, 7, 4), Draw(2, 3, 7, 4));
        var mask = masked ? full([11, 7], double.NegativeInfinity).triu(1) : zeros(11, 7);

        var defined = matmul((matmul(query, key.transpose(-2, -1)) / 2 + mask).softmax(-1), value);
        var fused = TorchExtensions.Attend(query, key, value, mask: masked ? mask : null);

        Tensors.AssertClose(defined, fused, 1e-6);
        var slope = randn(defined.shape);
        Assert.All(
            autograd.grad([defined], [query, key, value], [slope]).Zip(autograd.grad([fused], [query, key, value], [slope])),
            pair => Tensors.AssertClose(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Attention_over_many_positions_never_holds_all_scores()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var query = randn(1, 1, 1, 16).expand(1, 1, 1 << 17, 16);

        // 2^34 scores would take 64 GiB.
        var found = TorchExtensions.Attend(query.narrow(2, 0, 64), query, ones(1, 1, 1 << 17, 16));

        Tensors.AssertClose(ones(1, 1, 64, 16), found, 1e-4);
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
