using Labeler.TrainingEngine.Lora;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Lora;

/// <summary>What is no adapter for this model is refused in one sentence that says what it is.</summary>
public sealed class LoraRefusalTests : IDisposable
{
    private const string Layer = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q";

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData($"{Layer}.dora_scale", "DoRA")]
    [InlineData("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_magnitude_vector", "DoRA")]
    [InlineData("base_model.model.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_magnitude_vector.default.weight", "DoRA")]
    [InlineData($"{Layer}.hada_w1_a", "LoHa")]
    [InlineData($"{Layer}.lokr_w1", "LoKr")]
    [InlineData($"{Layer}.lokr_w2_b", "LoKr")]
    [InlineData($"{Layer}.lora_mid.weight", "lora_mid")]
    [InlineData($"{Layer}.oft_blocks", "OFT")]
    [InlineData($"{Layer}.on_input", "IA3")]
    [InlineData($"{Layer}.a1.weight", "GLoRA")]
    [InlineData($"{Layer}.diff", "whole differences")]
    [InlineData("bundle_emb.cat.string_to_param.*", "new words")]
    public void Another_kind_of_adapter_is_named(string key, string kind)
    {
        var path = BranchFile.Write(_folder, null, ($"{Layer}.lora_down.weight", ones(2, 16)), ($"{Layer}.lora_up.weight", ones(16, 2)), (key, ones(2)));

        var error = Assert.Throws<EngineException>(() => LoraFile.Read(path, Unet(20, xl: true))).Message;

        Assert.StartsWith($"the adapter {path} is ", error, StringComparison.Ordinal);
        Assert.Contains(kind, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_k.lora.down.weight", 32, "Stable Diffusion 1.x or Stable Diffusion 2.x")]
    [InlineData("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight", 768, "Stable Diffusion 1.x")]
    [InlineData("lora_unet_input_blocks_1_1_transformer_blocks_0_attn2_to_v.lora_down.weight", 1024, "Stable Diffusion 2.x")]
    [InlineData("lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight", 3072, "FLUX")]
    [InlineData("double_blocks.0.processor.qkv_lora1.down.weight", 3072, "FLUX")]
    [InlineData("transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight", 3072, "FLUX")]
    [InlineData("lora_unet_joint_blocks_0_x_block_attn_qkv.lora_down.weight", 1536, "Stable Diffusion 3")]
    [InlineData("transformer.transformer_blocks.0.attn.add_q_proj.lora_A.weight", 1536, "Stable Diffusion 3 or FLUX")]
    public void An_adapter_of_another_base_says_of_which(string key, long width, string family)
    {
        var path = BranchFile.Write(_folder, null, (key, ones(2, width)));

        var error = Assert.Throws<EngineException>(() => LoraFile.Read(path, Unet(2048, xl: true))).Message;

        Assert.StartsWith($"the adapter {path} does not fit: it seems to be made for {family}, and this model is Stable Diffusion XL (", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ss_base_model_version", "sdxl_base_v1-0", "Stable Diffusion XL")]
    [InlineData("modelspec.architecture", "stable-diffusion-xl-v1-base/lora", "Stable Diffusion XL")]
    [InlineData("ss_base_model_version", "sd_v2_768_v", "Stable Diffusion 2.x")]
    [InlineData("modelspec.architecture", "flux-1-dev/lora", "FLUX")]
    [InlineData("modelspec.architecture", "wan2.1", "another model (wan2.1)")]
    public void What_its_trainer_wrote_is_believed(string key, string value, string family)
    {
        var path = BranchFile.Write(_folder, new() { [key] = value }, ("lora_unet_blocks_0_cross_attn_k.lora_down.weight", ones(2, 8)));

        Assert.Contains($"it seems to be made for {family}, and this model is Stable Diffusion 1.x", Assert.Throws<EngineException>(() => LoraFile.Read(path, Unet(768, xl: false))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_checkpoint_in_the_place_of_an_adapter_is_told_apart()
    {
        var path = BranchFile.Write(_folder, null, ("model.diffusion_model.input_blocks.0.0.weight", ones(2)));

        Assert.EndsWith("is a whole checkpoint, not an adapter; give it with --model", Assert.Throws<EngineException>(() => LoraFile.Read(path, Unet(32, xl: false))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_for_texts_of_another_width_says_so()
    {
        var path = BranchFile.Write(_folder, null, ("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.lora_A.weight", ones(2, 24)), ("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.lora_B.weight", ones(16, 2)));

        Assert.Contains("texts have 24 numbers a token, and this model's have 32", Assert.Throws<EngineException>(() => LoraFile.Read(path, Unet(32, xl: false))).Message, StringComparison.Ordinal);
    }

    private static LoraBase Unet(long text, bool xl)
    {
        var layers = new Dictionary<string, long[]>
        {
            ["down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"] = [16, 16],
            ["down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k"] = [16, text],
        };
        if (xl)
        {
            layers["add_embedding.linear_1"] = [64, 16];
        }
        return new(new Dictionary<string, IReadOnlyDictionary<string, long[]>> { ["unet"] = layers });
    }
}
