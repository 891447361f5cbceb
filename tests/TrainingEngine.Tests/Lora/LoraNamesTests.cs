using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Lora;

/// <summary>One branch under all the names that programs give it.</summary>
public sealed class LoraNamesTests : IDisposable
{
    private const string Block = "attentions.0.transformer_blocks.0.attn1.to_q", Kohya = "attentions_0_transformer_blocks_0_attn1_to_q";
    private const string Text = "text_model.encoder.layers.1.self_attn.q_proj", KohyaText = "text_model_encoder_layers_1_self_attn_q_proj";

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData($"unet.down_blocks.1.{Block}.lora_A.weight", $"unet.down_blocks.1.{Block}.lora_B.weight")]
    [InlineData($"unet.down_blocks.1.{Block}.lora.down.weight", $"unet.down_blocks.1.{Block}.lora.up.weight")]
    [InlineData($"unet.down_blocks.1.{Block}.lora_down.weight", $"unet.down_blocks.1.{Block}.lora_up.weight")]
    [InlineData($"down_blocks.1.{Block}.lora_A.default_0.weight", $"down_blocks.1.{Block}.lora_B.default_0.weight")]
    [InlineData($"unet.base_model.model.down_blocks.1.{Block}.lora_A.weight", $"unet.base_model.model.down_blocks.1.{Block}.lora_B.weight")]
    [InlineData("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight", "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight")]
    [InlineData($"lora_unet_down_blocks_1_{Kohya}.lora_down.weight", $"lora_unet_down_blocks_1_{Kohya}.lora_up.weight")]
    [InlineData("lora_unet_input_blocks_3_1_transformer_blocks_0_attn1_to_q.lora_down.weight", "lora_unet_input_blocks_3_1_transformer_blocks_0_attn1_to_q.lora_up.weight")]
    [InlineData("diffusion_model.input_blocks.3.1.transformer_blocks.0.attn1.to_q.lora_A.weight", "diffusion_model.input_blocks.3.1.transformer_blocks.0.attn1.to_q.lora_B.weight")]
    public void A_layer_of_the_u_net(string down, string up) => AssertRead($"unet.down_blocks.1.{Block}", down, up);

    [Theory]
    [InlineData("lora_unet_middle_block_0_in_layers_2", "mid_block.resnets.0.conv1")]
    [InlineData("lora_unet_middle_block_2_out_layers_3", "mid_block.resnets.1.conv2")]
    [InlineData("lora_unet_middle_block_1_proj_in", "mid_block.attentions.0.proj_in")]
    [InlineData("lora_unet_output_blocks_0_0_skip_connection", "up_blocks.0.resnets.0.conv_shortcut")]
    [InlineData("lora_unet_output_blocks_1_2_conv", "up_blocks.0.upsamplers.0.conv")]
    [InlineData("lora_unet_output_blocks_2_0_emb_layers_1", "up_blocks.1.resnets.0.time_emb_proj")]
    [InlineData("lora_unet_input_blocks_2_0_op", "down_blocks.0.downsamplers.0.conv")]
    [InlineData("lora_unet_time_embed_2", "time_embedding.linear_2")]
    [InlineData("lora_unet_label_emb_0_0", "add_embedding.linear_1")]
    [InlineData("lora_unet_out_2", "conv_out")]
    public void A_layer_that_the_original_layout_names_otherwise(string name, string path) =>
        AssertRead($"unet.{path}", $"{name}.lora_down.weight", $"{name}.lora_up.weight");

    [Theory]
    [InlineData($"lora_te1_{KohyaText}.lora_down.weight", $"lora_te1_{KohyaText}.lora_up.weight", "text_encoder")]
    [InlineData($"lora_te_{KohyaText}.lora_down.weight", $"lora_te_{KohyaText}.lora_up.weight", "text_encoder")]
    [InlineData($"lora_te2_{KohyaText}.lora_down.weight", $"lora_te2_{KohyaText}.lora_up.weight", "text_encoder_2")]
    [InlineData($"text_encoder.{Text}.lora_A.weight", $"text_encoder.{Text}.lora_B.weight", "text_encoder")]
    [InlineData($"text_encoder_2.{Text}.lora_linear_layer.down.weight", $"text_encoder_2.{Text}.lora_linear_layer.up.weight", "text_encoder_2")]
    [InlineData("text_encoder.text_model.encoder.layers.1.self_attn.to_q_lora.down.weight", "text_encoder.text_model.encoder.layers.1.self_attn.to_q_lora.up.weight", "text_encoder")]
    public void A_layer_of_a_text_encoder(string down, string up, string part) => AssertRead($"{part}.{Text}", down, up);

    [Fact]
    public void An_adapter_of_a_text_encoder_changes_what_texts_become_until_it_is_off()
    {
        RandomModel.Write(SmallShapes.Xl, _folder.File("model"), ScalarType.Float32, 5);
        var model = StableDiffusion.Load(_folder.File("model"));
        var plain = model.Encode(["a cat"], (32, 32));
        var (down, up) = BranchFile.Halves([8, 8], 2);
        var path = BranchFile.Write(_folder, null, ($"lora_te2_{KohyaText}.lora_down.weight", down), ($"lora_te2_{KohyaText}.lora_up.weight", up));

        using (LoraAdapter.Load(model, path))
        {
            Assert.NotEqual(plain.Pooled!.data<float>().ToArray(), model.Encode(["a cat"], (32, 32)).Pooled!.data<float>().ToArray());
        }

        Assert.Equal(plain.Pooled!.data<float>().ToArray(), model.Encode(["a cat"], (32, 32)).Pooled!.data<float>().ToArray());
    }

    [Fact]
    public void A_branch_that_is_laid_over_another_gives_it_back()
    {
        var (down, up) = BranchFile.Halves([8, 8], 2);
        RandomModel.Write(SmallShapes.Xl, _folder.File("model"), ScalarType.Float32, 5);
        var model = StableDiffusion.Load(_folder.File("model"));
        var path = BranchFile.Write(_folder, null, ($"lora_te2_{KohyaText}.lora_down.weight", down), ($"lora_te2_{KohyaText}.lora_up.weight", up));
        using var first = LoraAdapter.LoadTexts(model, path);
        var said = model.Encode(["a cat"], (32, 32)).Pooled!.data<float>().ToArray();

        LoraAdapter.Load(model, path).Dispose();

        Assert.Equal(said, model.Encode(["a cat"], (32, 32)).Pooled!.data<float>().ToArray());
    }

    private void AssertRead(string layer, string downKey, string upKey)
    {
        RandomModel.Write(SmallShapes.Xl, _folder.File("model"), ScalarType.Float32, 5);
        var parts = LoraAdapter.PartsOf(StableDiffusion.Load(_folder.File("model")));
        var model = new LoraBase(parts);
        var (down, up) = BranchFile.Halves(model.Shapes[layer], 2);
        var path = BranchFile.Write(_folder, null, (downKey, down), (upKey, up));
        // The one of PEFT's forms that has its prefix needs its settings beside it.
        File.WriteAllText(_folder.File(PeftConfig.FileName), """{"r": 2, "lora_alpha": 2}""");

        var read = Assert.Single(LoraFile.Read(path, model));

        Assert.Equal((layer, 1.0), (read.Key, read.Value.Scale));
        Assert.True(read.Value.Down.eq(down).all().item<bool>() && read.Value.Up.eq(up).all().item<bool>());
    }
}
