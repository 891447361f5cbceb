using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Tests.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Diffusion;

public sealed class TiledDecodingTests
{
    [Theory]
    [InlineData(8, 8)]
    [InlineData(13, 9)]
    [InlineData(20, 31)]
    [InlineData(3, 16)]
    public void Where_every_latent_stands_for_its_own_pixels_tiles_give_the_whole(long height, long width)
    {
        using var scope = NewDisposeScope();
        Tensor Enlarge(Tensor latent) => latent.repeat_interleave(2, 2).repeat_interleave(2, 3);
        var latents = randn([2, 3, height, width], generator: new Generator(1));

        Tensors.AssertClose(Enlarge(latents), TiledDecoding.Decode(Enlarge, latents, 8, 2), 1e-6);
    }

    [Fact]
    public void One_tile_fades_into_the_next()
    {
        using var scope = NewDisposeScope();
        var squares = 0;
        // Each square has its own number.
        Tensor Numbered(Tensor latent) => zeros([1, 1, latent.shape[2], latent.shape[3]]) + squares++;

        // The second square begins at 6 and fades in over 2.
        var row = TiledDecoding.Decode(Numbered, zeros([1, 1, 8, 12]), 8, 1).select(2, 0).flatten().data<float>().ToArray();

        Assert.Equal([0f, 0, 0, 0, 0, 0, 0, 0.5f, 1, 1, 1, 1], row);
    }

    [Fact]
    public void A_picture_no_larger_than_a_tile_is_decoded_as_ever()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var model = StableDiffusion.Load(TinyModel.Write(folder.File("model")));
        var latents = randn([2, 4, 8, 8], generator: new Generator(1));

        var (whole, tiled) = (LatentDecoder.Decode(model.Vae, latents), LatentDecoder.Decode(model.Vae, latents, tiles: true));

        Assert.All(whole.Zip(tiled), pair => Assert.Equal(pair.First.Rgb, pair.Second.Rgb));
    }
}
