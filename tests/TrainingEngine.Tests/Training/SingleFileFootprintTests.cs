using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Memory;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>What a model of one file takes is known by its header.</summary>
public sealed class SingleFileFootprintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sd1", true)]
    [InlineData("sd1", false)]
    [InlineData("sd2", true)]
    [InlineData("sd2", false)]
    [InlineData("xl", true)]
    [InlineData("xl", false)]
    [InlineData("sd3", true)]
    [InlineData("sd3", false)]
    [InlineData("flux", true)]
    [InlineData("flux", false)]
    public void A_single_files_header_says_what_the_model_says_once_it_is_loaded(string family, bool withConfigs)
    {
        var (folder, file) = TinySingleFile.Write(_folder.File("source"), _folder.File("model.safetensors"), family);
        if (withConfigs)
        {
            TinySingleFile.PutBeside(folder, _folder.File("model"));
        }
        var loaded = Footprints.Of(StableDiffusion.Load(withConfigs ? file : folder));

        var header = SingleFileHeader.Read(file)!;
        var stored = SingleFileFootprint.Read(file)!;

        Assert.Equal(family switch
        {
            "sd1" => ModelFamily.StableDiffusion1,
            "sd2" => ModelFamily.StableDiffusion2,
            "xl" => ModelFamily.StableDiffusionXl,
            "sd3" => ModelFamily.StableDiffusion3,
            _ => ModelFamily.Flux,
        }, header.Family);
        // What no tensor says is a released model's: heads of a U-Net, and the pictures' size.
        FootprintsOf.AssertAlike(loaded, withConfigs ? stored : stored with { Size = loaded.Size, Shape = HeadsOf(loaded.Shape, stored.Shape) });
        Assert.Equal(loaded.Denoiser + loaded.Texts + loaded.Vae, StoredNumbers.Of(file));
        Assert.Equal(loaded.Denoiser, StoredNumbers.Of(file, Offloads.Texts | Offloads.Vae));
    }

    [Theory]
    [InlineData("unet.conv_in.lora.down.weight")]
    [InlineData("model.diffusion_model.input_blocks.0.0.weight")]
    [InlineData("joint_blocks.0.x_block.attn.qkv.weight")]
    [InlineData("double_blocks.0.img_attn.qkv.weight")]
    public void A_file_that_does_not_say_has_none_and_counts_nothing(string tensor)
    {
        SafeTensors.Write(_folder.File("model.safetensors"), new Dictionary<string, Tensor> { [tensor] = ones(4, 4) });

        Assert.Null(SingleFileFootprint.Read(_folder.File("model.safetensors")));
        Assert.Equal(0, StoredNumbers.Of(_folder.File("model.safetensors")));
    }

    private static DenoiserShape HeadsOf(DenoiserShape loaded, DenoiserShape stored) => (loaded, stored) switch
    {
        (UNetShape { Heads: var heads }, UNetShape unet) => unet with { Heads = heads },
        _ => stored,
    };
}

/// <summary>Compares footprints, and what follows from them.</summary>
internal static class FootprintsOf
{
    public static void AssertAlike(ModelFootprint loaded, ModelFootprint stored)
    {
        Assert.Equal(
            (loaded.Denoiser, loaded.Adapted, loaded.Texts, loaded.Vae, loaded.Size, loaded.AdaptedTexts, loaded.TextActivations, loaded.TakesTwoBranches),
            (stored.Denoiser, stored.Adapted, stored.Texts, stored.Vae, stored.Size, stored.AdaptedTexts, stored.TextActivations, stored.TakesTwoBranches));
        Assert.Equal((loaded.Shape.ActivationsOf(8, 8), loaded.Shape.PlannedOf(8, 8)), (stored.Shape.ActivationsOf(8, 8), stored.Shape.PlannedOf(8, 8)));
        var work = new MemoryWork(16, 16, 4, 2, ComputeType.Float16) { Trained = 4 * loaded.Adapted, TrainsTexts = true };
        Assert.Equal(MemoryEstimate.Of(loaded, work), MemoryEstimate.Of(stored, work));
        Assert.Equal(MemoryEstimate.Of(loaded, work with { Trained = 0 }), MemoryEstimate.Of(stored, work with { Trained = 0 }));
    }
}
