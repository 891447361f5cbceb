using Labeler.TrainingEngine.Verification;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Verification;

public sealed class D3poVerificationTests
{
    [Theory]
    [InlineData("golden-d3po/prefer_0.safetensors")]
    [InlineData("golden-d3po/prefer_1.safetensors")]
    [InlineData("golden-d3po/one_out_of_band.safetensors")]
    [InlineData("golden-d3po/out_of_band.safetensors")]
    [InlineData("golden-d3po/batch2_mixed.safetensors")]
    [InlineData("golden-d3po/adamw.safetensors")]
    [InlineData("golden-misc/ddpo_dpok.safetensors")]
    [InlineData("golden-misc/stat_tracker.json")]
    public void The_losses_gradients_and_optimizer_are_those_of_the_authors_program(string name)
    {
        var file = GoldenVerification.One(GoldenCopy.Path, name, CPU);

        Assert.True(file.Ok && file.Skipped is null, file.ToString());
    }

    [Fact]
    public void One_changed_tensor_of_many_that_are_judged_together_fails()
    {
        const string name = "one_out_of_band", key = "j0.grad.mid_block.attentions.0.transformer_blocks.0.attn2.processor.to_q_lora.up.weight";
        using var scope = NewDisposeScope();
        using var copy = new TemporaryFolder();
        Directory.CreateSymbolicLink(copy.File("tiny-sd15"), GoldenCopy.File("tiny-sd15"));
        Directory.CreateDirectory(copy.File("golden-d3po"));
        foreach (var file in Directory.GetFiles(GoldenCopy.File("golden-d3po")))
        {
            File.CreateSymbolicLink(copy.File("golden-d3po", Path.GetFileName(file)), file);
        }
        var changed = copy.File("golden-d3po", $"{name}.safetensors");
        var tensors = SafeTensors.ReadAll(changed);
        var flat = tensors[key].view(-1);
        flat[^1] += 1e-3 * Math.Max(1, flat.abs().max().item<float>());
        File.Delete(changed);
        SafeTensors.Write(changed, tensors);

        var verified = GoldenVerification.One(copy.Path, $"golden-d3po/{name}.safetensors", CPU);

        Assert.False(verified.Ok);
        Assert.Contains("j0.grad.*", verified.ToString(), StringComparison.Ordinal);
    }
}
