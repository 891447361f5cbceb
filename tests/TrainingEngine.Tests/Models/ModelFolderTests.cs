using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.SingleFile;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

public sealed class ModelFolderTests
{
    public static TheoryData<string> Shapes => [.. SmallShapes.All.Select(shape => shape.Name)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_model_that_is_saved_and_loaded_again_says_the_same(string name)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var folder = new TemporaryFolder();
        RandomModel.Write(SmallShapes.All.Single(shape => shape.Name == name), folder.File("made"), ScalarType.Float32, 5);
        var made = StableDiffusion.Load(folder.File("made"));

        made.Save(folder.File("saved"), ScalarType.Float32);
        made.Save(folder.File("narrow"));
        var saved = StableDiffusion.Load(folder.File("saved"));
        var narrow = StableDiffusion.Load(folder.File("narrow"));

        Assert.All(Says(made).Zip(Says(saved)), pair => Tensors.AssertSame(pair.First, pair.Second));
        Assert.All(Says(made).Zip(Says(narrow)), pair => Tensors.AssertClose(pair.First, pair.Second, 0.01));
        Assert.Equal(File.ReadAllText(folder.File("made", "unet", "config.json")), File.ReadAllText(folder.File("saved", "unet", "config.json")));
        Assert.True(new FileInfo(folder.File("narrow", "unet", "diffusion_pytorch_model.safetensors")).Length
            < new FileInfo(folder.File("saved", "unet", "diffusion_pytorch_model.safetensors")).Length);
    }

    [Fact]
    public void A_made_folder_has_a_schedule_that_the_engine_reads()
    {
        using var folder = new TemporaryFolder();
        RandomModel.Write(SmallShapes.Second, folder.File("made"), ScalarType.Float16, 5);

        Assert.Equal(PredictionType.VPrediction, NoiseSchedule.Load(folder.File("made", "scheduler")).Options.Prediction);
    }

    [Fact]
    public void One_of_Stable_Diffusion_3_is_made_without_T5_and_samples()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var text = SmallShapes.Text with { ProjectionWidth = 12 };
        var shape = new Sd3Shape(new(8, 2, 4, 2, 2, 8, new(32, 24), 6, [0], Norms: true), SmallShapes.Vae with { QuantConvolution = false, PostQuantConvolution = false }, [text, text]);

        RandomModel.Write(shape, folder.File("made"), ScalarType.BFloat16, 5);

        var made = StableDiffusion.Load(folder.File("made"));
        using var trajectory = new Sampler(made, ModelSchedule.Of(made), new SamplingOptions { Steps = 2, GroupSize = 1 }).Sample("a cat", 3);
        Assert.Null(made.T5);
        Assert.True(trajectory.Final.isfinite().all().item<bool>());
        Assert.True(File.ReadAllText(folder.File("made", "model_index.json")).Contains("StableDiffusion3Pipeline", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_that_is_there_is_not_overwritten_by_a_random_model()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<EngineException>(() => RandomModel.Write(SmallShapes.Classic, folder.Path, ScalarType.Float16, 5));

        Assert.Contains("is there already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_made_model_stopped_half_way_leaves_nothing()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<OperationCanceledException>(() =>
            RandomModel.Write(SmallShapes.Classic, folder.File("made"), ScalarType.Float16, 5, stop: new CancellationToken(canceled: true)));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_that_is_not_there_or_is_no_model_says_so()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("there is no such folder", Assert.Throws<EngineException>(() => StableDiffusion.Load(folder.File("no"))).Message, StringComparison.Ordinal);
        Assert.Contains("model_index.json", Assert.Throws<EngineException>(() => StableDiffusion.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_index.json", "StableDiffusionPipeline", "PixArtSigmaPipeline", "_class_name is PixArtSigmaPipeline, which this engine does not know")]
    [InlineData("unet/config.json", "UNet2DConditionModel", "UNet3DConditionModel", "_class_name is UNet3DConditionModel")]
    [InlineData("unet/config.json", "\"CrossAttnDownBlock2D\"", "\"AttnDownBlock2D\"", "down_block_types holds AttnDownBlock2D")]
    [InlineData("unet/config.json", "\"act_fn\": \"silu\"", "\"act_fn\": \"mish\"", "act_fn is mish")]
    [InlineData("unet/config.json", "\"norm_num_groups\": 8", "\"norm_num_groups\": 5", "norm_num_groups is 5, which does not divide the width 16")]
    [InlineData("unet/config.json", "\"layers_per_block\": 1", "\"layers_per_block\": -1", "layers_per_block is -1")]
    [InlineData("unet/config.json", "\"cross_attention_dim\": 12", "\"cross_attention_dim\": [12]", "cross_attention_dim has the unexpected value [12]")]
    [InlineData("unet/config.json", "\"cross_attention_dim\": 12", "\"other\": 12", "cross_attention_dim is missing")]
    [InlineData("vae/config.json", "\"latent_channels\": 4", "\"latent_channels\": 4, \"latents_mean\": [0.1]", "latents_mean is")]
    [InlineData("vae/config.json", "\"DownEncoderBlock2D\"", "\"AttnDownEncoderBlock2D\"", "down_block_types holds AttnDownEncoderBlock2D")]
    [InlineData("text_encoder/config.json", "\"quick_gelu\"", "\"relu\"", "hidden_act is relu")]
    [InlineData("text_encoder/config.json", "clip_text_model", "t5", "model_type is t5")]
    [InlineData("text_encoder/config.json", "\"num_attention_heads\": 3", "\"num_attention_heads\": 5", "num_attention_heads is 5, which does not divide the width 12")]
    [InlineData("text_encoder/config.json", "{", "[", "is not JSON")]
    public void An_unknown_architecture_is_one_error_that_names_file_and_key(string file, string before, string after, string told)
    {
        using var folder = new TemporaryFolder();
        RandomModel.Write(SmallShapes.Classic, folder.File("made"), ScalarType.Float32, 5);
        var path = folder.File(["made", .. file.Split('/')]);
        var text = File.ReadAllText(path);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(before, after, StringComparison.Ordinal));

        var error = Assert.Throws<EngineException>(() => StableDiffusion.Load(folder.File("made")));

        Assert.StartsWith($"{path}: {told}", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<Tensor> Says(StableDiffusion model)
    {
        var text = model.Encode(["a cat", ""], (64, 48));
        var predicted = model.Unet.Forward(arange(2 * 4 * 6 * 8, ScalarType.Float32).sin().reshape(2, 4, 6, 8), tensor(new long[] { 500 }), text);
        return new[] { text.Context, text.Pooled, text.TimeIds, predicted, model.Vae.Decode(predicted.narrow(0, 0, 1)) }.OfType<Tensor>();
    }
}
