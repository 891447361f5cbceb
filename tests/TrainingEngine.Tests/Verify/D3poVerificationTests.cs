using Labeler.TrainingEngine.Verify;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Verify;

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
        var file = Verification.One(GoldenCopy.Path, name, CPU);

        Assert.True(file.Ok && file.Skipped is null, file.ToString());
    }

    [Theory]
    [InlineData("one_out_of_band", "j0.loss")]
    [InlineData("one_out_of_band", "j0.total_prob_1")]
    [InlineData("one_out_of_band", "j0.ref_prob_0")]
    [InlineData("one_out_of_band", "j0.ratio_1")]
    [InlineData("one_out_of_band", "j0.model_output_0")]
    [InlineData("one_out_of_band", "j0.grad.mid_block.attentions.0.transformer_blocks.0.attn2.processor.to_q_lora.up.weight", "j0.grad.*")]
    [InlineData("adamw", "clip.weights_after_step3.mid_block.attentions.0.transformer_blocks.0.attn2.processor.to_q_lora.up.weight", "clip.weights_after_step3.*")]
    public void Any_expected_value_that_is_changed_fails(string name, string key, string? told = null)
    {
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

        var verified = Verification.One(copy.Path, $"golden-d3po/{name}.safetensors", CPU);

        Assert.False(verified.Ok);
        Assert.Contains(told ?? key, verified.ToString(), StringComparison.Ordinal);
    }
}
