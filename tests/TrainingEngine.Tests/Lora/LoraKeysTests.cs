using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Tests.Lora;

public sealed class LoraKeysTests
{
    private const string Query = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
    private const string Out = "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0";
    private static readonly LoraKeys Keys = new([Query, Out]);

    [Theory]
    [InlineData(Query + ".lora.down.weight", Query, LoraPart.Down)]
    [InlineData(Out + ".lora.up.weight", Out, LoraPart.Up)]
    [InlineData(Query + ".alpha", Query, LoraPart.Alpha)]
    [InlineData(Query + ".lora_A.weight", Query, LoraPart.Down)]
    [InlineData("down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight", Query, LoraPart.Down)]
    [InlineData("unet.mid_block.attentions.0.transformer_blocks.0.attn2.processor.to_out_lora.up.weight", Out, LoraPart.Up)]
    [InlineData("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.lora_down.weight", Query, LoraPart.Down)]
    [InlineData("lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_out_0.alpha", Out, LoraPart.Alpha)]
    [InlineData("base_model.model." + Query + ".lora_A.weight", Query, LoraPart.Down)]
    [InlineData("base_model.model." + Out + ".lora_B.default.weight", Out, LoraPart.Up)]
    [InlineData("base_model.model." + Out + ".lora_B.weight", Out, LoraPart.Up)]
    public void A_key_of_every_format_names_its_layer(string key, string layer, LoraPart part)
    {
        var parsed = Keys.Parse(key);

        Assert.Equal((new LoraTarget(layer, Piece.Whole), part), (Assert.Single(parsed!.Targets), parsed.Part));
    }

    [Theory]
    [InlineData("unet.down_blocks.9.attn1.to_q.lora.down.weight")]
    [InlineData(Query + ".weight")]
    [InlineData(Query + ".dora_scale")]
    [InlineData("lora_unet_down_blocks_0.lora_down.weight")]
    [InlineData("lora_unet_")]
    [InlineData("text_encoder.text_model.encoder.layers.0.self_attn.q_proj.lora.down.weight")]
    [InlineData("")]
    public void A_key_of_no_layer_is_not_guessed(string key) => Assert.Null(Keys.Parse(key));
}
