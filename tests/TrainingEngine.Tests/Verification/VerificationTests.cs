using Labeler.TrainingEngine.Verification;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Verification;

public sealed class VerificationTests
{
    [Theory]
    [InlineData("golden-sd15/unet_forward.safetensors")]
    [InlineData("golden-sd15/vae.safetensors")]
    [InlineData("golden-sd21/unet_forward.safetensors")]
    [InlineData("golden-sd21/vae.safetensors")]
    [InlineData("golden-sdxl/text_encoder.safetensors")]
    [InlineData("golden-sdxl/unet_forward.safetensors")]
    [InlineData("golden-sdxl/vae.safetensors")]
    public void The_models_say_what_the_original_libraries_say(string name)
    {
        var file = GoldenVerification.One(GoldenCopy.Path, name, CPU);

        Assert.True(file.Ok && file.Skipped is null, file.ToString());
    }

    [GoldenTheory]
    [InlineData("golden-sd15/text_encoder.safetensors")]
    [InlineData("golden-sd21/text_encoder.safetensors")]
    public void The_larger_text_encoders_say_what_the_original_libraries_say(string name)
    {
        var file = GoldenVerification.One(GoldenFolder.Path!, name, CPU);

        Assert.True(file.Ok && file.Skipped is null, file.ToString());
    }

    [Fact]
    public void Findings_that_are_not_a_number_fail() => Assert.False(new Finding("x", double.NaN, 1).Ok);

    [Fact]
    public void A_tensor_of_another_shape_fails()
    {
        using var scope = NewDisposeScope();

        Assert.False(Assert.Single(Compare.Tensors("x", zeros([2, 1]), zeros([2]), 1)).Ok);
        Assert.False(Compare.Exactly("x", zeros([2, 1]), zeros([2])).Ok);
    }

    [Fact]
    public void A_file_that_no_check_knows_fails_and_a_part_that_is_not_there_is_skipped()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("golden-new"));
        SafeTensors.Write(folder.File("golden-new", "unheard_of.safetensors"), new Dictionary<string, Tensor> { ["x"] = ones([1]) });
        SafeTensors.Write(folder.File("golden-new", "vae.safetensors"), new Dictionary<string, Tensor> { ["x"] = ones([1]) });

        var files = GoldenVerification.Of(folder.Path, CPU).ToList();

        Assert.Equal(["FAIL", "skipped"], files.Select(file => file.ToString().Split(' ')[0]));
        Assert.Contains("tiny-new is not in this copy", files[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_golden_files_is_an_error()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<EngineException>(() => GoldenVerification.Of(folder.Path, CPU));
        Assert.Throws<EngineException>(() => GoldenVerification.Of(folder.File("no"), CPU));
    }
}
