using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

public sealed class ReleasedShapeTests
{
    [Theory]
    [InlineData("sd15", 859_520_964, 83_653_863, new long[] { 123_060_480 })]
    [InlineData("sd21", 865_910_724, 83_653_863, new long[] { 340_387_840 })]
    [InlineData("sdxl", 2_567_463_684, 83_653_863, new long[] { 123_060_480, 694_659_840 })]
    public void A_released_model_has_as_many_parameters_as_published(string name, long unet, long vae, long[] texts)
    {
        var shape = ReleasedShape.All.Single(shape => shape.Name == name);

        Assert.Equal(unet, Count(source => new UNet2DConditionModel(shape.Unet, source)));
        Assert.Equal(vae, Count(source => new AutoencoderKL(shape.Vae, source)));
        Assert.Equal(texts, shape.TextEncoders.Select(text => Count(source => new ClipTextEncoder(text, source))));
    }

    private static long Count(Action<WeightSource> make)
    {
        var counter = new Counter();
        make(counter);
        return counter.Parameters;
    }

    /// <summary>Counts what a model asks for and gives it nothing.</summary>
    private sealed class Counter : WeightSource
    {
        public long Parameters { get; private set; }

        protected override Tensor Find(string path, long[] shape, Start start, long fanIn)
        {
            Parameters += shape.Aggregate(1L, (product, size) => product * size);
            return empty([0]);
        }
    }
}
