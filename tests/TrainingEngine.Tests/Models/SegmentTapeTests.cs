using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

public sealed class SegmentTapeTests
{
    [Fact]
    public void Computing_activations_again_gives_the_gradients_of_keeping_them()
    {
        using var scope = NewDisposeScope();
        var (sample, times, text) = UNetTests.Inputs(SmallShapes.Unet);
        var unet = UNetTests.Make(1);
        var generator = new Generator(4);
        foreach (var layer in unet.AttentionLayers)
        {
            layer.Lora = UNetTests.Branch(layer, generator);
        }

        Tensor[] leaves = [.. unet.Parameters.Values, .. unet.AttentionLayers.SelectMany(layer => new[] { layer.Lora!.Down, layer.Lora.Up })];
        foreach (var leaf in leaves)
        {
            leaf.requires_grad_(true);
        }

        var slope = randn(sample.shape, generator: generator);

        var kept = unet.Forward(sample, times, text);
        var wanted = autograd.grad([kept], leaves, [slope]);
        using var tape = new SegmentTape();
        var predicted = unet.Forward(sample, times, text, tape);
        var gradients = tape.Backward(predicted, slope, leaves);

        Tensors.AssertSame(kept, predicted);
        Assert.All(gradients, Assert.NotNull);
        Assert.All(wanted.Zip(gradients), pair => Tensors.AssertClose(pair.First, pair.Second!, 1e-6));
    }

    [Fact]
    public void What_took_no_part_has_no_gradient()
    {
        using var scope = NewDisposeScope();
        var (sample, times, text) = UNetTests.Inputs(SmallShapes.Unet);
        var unet = UNetTests.Make(1);
        var stranger = ones([2]).requires_grad_(true);
        var weight = unet.Parameters["conv_out.weight"].requires_grad_(true);
        using var tape = new SegmentTape();

        var predicted = unet.Forward(sample, times, text, tape);
        var gradients = tape.Backward(predicted, ones_like(predicted), [weight, stranger]);

        Assert.NotNull(gradients[0]);
        Assert.Null(gradients[1]);
    }

    [Fact]
    public void What_the_model_was_given_may_be_freed_before_the_way_back()
    {
        using var scope = NewDisposeScope();
        var unet = UNetTests.Make(1);
        var weight = unet.Parameters["conv_in.weight"].requires_grad_(true);
        Tensor Gradient(bool freed)
        {
            using var tape = new SegmentTape();
            var inner = NewDisposeScope();
            var (sample, times, text) = UNetTests.Inputs(SmallShapes.Unet);
            unet.Forward(sample, times, text, tape);
            if (freed)
            {
                inner.Dispose();
            }

            var gradient = tape.Backward(tape.Output, ones_like(tape.Output), [weight])[0]!;
            return gradient.DetachFromDisposeScope();
        }

        using var kept = Gradient(freed: false);
        using var alone = Gradient(freed: true);

        Tensors.AssertSame(kept, alone);
    }

    [Fact]
    public void Between_forward_and_backward_only_what_passes_between_segments_is_kept()
    {
        using var scope = NewDisposeScope();
        var (sample, times, text) = UNetTests.Inputs(SmallShapes.Unet);
        var unet = UNetTests.Make(1);
        foreach (var weight in unet.Parameters.Values)
        {
            weight.requires_grad_(true);
        }

        using var tape = new SegmentTape();

        var predicted = unet.Forward(sample, times, text, tape);

        Assert.True(predicted.requires_grad);
        Assert.True(predicted.is_leaf);
    }
}
