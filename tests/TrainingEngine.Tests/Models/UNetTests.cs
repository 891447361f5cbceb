using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

public sealed class UNetTests
{
    [Fact]
    public void The_same_seed_makes_the_same_model_and_another_seed_another()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (sample, times, text) = Inputs(SmallShapes.Unet);
        var first = Make(1).Forward(sample, times, text);

        Tensors.AssertSame(first, Make(1).Forward(sample, times, text));
        Tensors.AssertDifferent(first, Make(2).Forward(sample, times, text));
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(9, 7)]
    [InlineData(4, 11)]
    public void The_prediction_has_the_size_of_the_latent_odd_or_even(long height, long width)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (_, times, text) = Inputs(SmallShapes.Unet);

        Assert.Equal([2, 4, height, width], Make(1).Forward(randn([2, 4, height, width]), times, text).shape);
    }

    [Fact]
    public void A_row_is_predicted_alone_as_in_a_batch()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var unet = Make(1);
        var (sample, times, text) = Inputs(SmallShapes.Unet);
        var second = tensor(new long[] { 1 });

        var together = unet.Forward(sample, times, text);
        var alone = unet.Forward(sample.index_select(0, second), times.index_select(0, second), text.At(second));

        Tensors.AssertClose(together.index_select(0, second), alone);
    }

    [Fact]
    public void A_forward_leaves_nothing_but_its_result()
    {
        using var untracked = no_grad();
        var unet = Make(1);
        var (sample, times, text) = Inputs(SmallShapes.Unet);
        using var scope = NewDisposeScope();

        var predicted = unet.Forward(sample, times, text);

        Assert.Equal(1, scope.DisposablesCount);
        Assert.True(scope.Contains(predicted));
    }

    [Fact]
    public void An_adapter_adds_its_low_rank_product_to_every_kind_of_layer()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (sample, times, text) = Inputs(SmallShapes.Unet);
        var (adapted, merged) = (Make(1), Make(1));
        var generator = new Generator(4);
        foreach (var (layer, twin) in adapted.AdaptableLayers.Zip(merged.AdaptableLayers))
        {
            layer.Lora = Branch(layer, generator);
            var product = matmul(layer.Lora.Up.flatten(1), layer.Lora.Down.flatten(1)).reshape(twin.Weight.shape);
            twin.Weight.add_(product * layer.Lora.Scale);
        }

        Tensors.AssertClose(merged.Forward(sample, times, text), adapted.Forward(sample, times, text));
    }

    [Fact]
    public void With_the_adapter_off_the_model_is_the_reference_on_this_thread_alone()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (sample, times, text) = Inputs(SmallShapes.Unet);
        var unet = Make(1);
        var reference = unet.Forward(sample, times, text);
        var generator = new Generator(4);
        foreach (var layer in unet.AttentionLayers)
        {
            layer.Lora = Branch(layer, generator);
        }

        var policy = unet.Forward(sample, times, text);
        Tensors.AssertDifferent(reference, policy);

        using (unet.Adapter.Off())
        {
            Tensors.AssertSame(reference, unet.Forward(sample, times, text));
            var other = new Thread(() => Assert.True(unet.Adapter.On));
            other.Start();
            other.Join();
        }
        Tensors.AssertSame(policy, unet.Forward(sample, times, text));
    }

    [Fact]
    public void Layers_are_told_by_the_paths_of_their_weights()
    {
        var unet = Make(1);

        Assert.All(unet.AdaptableLayers, layer => Assert.Same(unet.Parameters[$"{layer.Path}.weight"], layer.Weight));
        Assert.Equal(unet.AdaptableLayers.Count(), unet.AdaptableLayers.Select(layer => layer.Path).Distinct().Count());
        Assert.Equal(unet.Parameters.Values.Where(weight => weight.dim() > 1).Count(), unet.AdaptableLayers.Count());
        Assert.All(unet.AttentionLayers, layer => Assert.Matches(@"\.attn[12]\.to_(q|k|v|out\.0)$", layer.Path));
    }

    [Fact]
    public void In_bfloat16_the_prediction_is_near_that_in_float32()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (sample, times, text) = Inputs(SmallShapes.Unet);
        var narrow = new UNet2DConditionModel(SmallShapes.Unet, new RandomWeights(1, ScalarType.BFloat16));

        var predicted = narrow.Forward(sample.to(ScalarType.BFloat16), times, text.Kept(tensor => tensor.to(ScalarType.BFloat16)));

        Assert.Equal(ScalarType.BFloat16, predicted.dtype);
        Tensors.AssertClose(Make(1).Forward(sample, times, text), predicted, 0.05);
    }

    [Fact]
    public void The_released_kind_with_pooled_texts_says_what_it_lacks()
    {
        using var scope = NewDisposeScope();
        var unet = new UNet2DConditionModel(SmallShapes.Xl.Unet, new RandomWeights(1));

        var error = Assert.Throws<EngineException>(() => unet.Forward(randn([1, 4, 8, 8]), tensor(new long[] { 5 }), new TextConditioning(randn([1, 20, 20]))));

        Assert.Contains("needs pooled text embeddings", error.Message, StringComparison.Ordinal);
    }

    internal static LoraBranch Branch(Adaptable layer, Generator generator)
    {
        var shape = layer.Weight.shape;
        Tensor Draw(long[] size) => (randn(size, generator: generator) * 0.2).DetachFromDisposeScope();
        return shape.Length == 2
            ? new(Draw([3, shape[1]]), Draw([shape[0], 3]), 0.7)
            : new(Draw([3, shape[1], shape[2], shape[3]]), Draw([shape[0], 3, 1, 1]), 0.7);
    }

    internal static UNet2DConditionModel Make(ulong seed) => new(SmallShapes.Unet, new RandomWeights(seed));

    internal static (Tensor Sample, Tensor Times, TextConditioning Text) Inputs(UNetConfig config)
    {
        var generator = new Generator(9);
        Tensor Draw(params long[] size) => randn(size, generator: generator);
        return (Draw(2, 4, 8, 8), tensor(new long[] { 981, 21 }), new TextConditioning(Draw(2, 5, config.ContextWidth)));
    }
}
