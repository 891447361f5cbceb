namespace Labeler.TrainingEngine.Models.UNet;

/// <summary>The shape of a <see cref="UNet2DConditionModel"/>, as diffusers' config.json describes it.</summary>
/// <param name="InChannels">Channels of the latent.</param>
/// <param name="OutChannels">Channels of the prediction.</param>
/// <param name="Channels">Width of each level.</param>
/// <param name="LayersPerBlock">Residual blocks of a level on the way down; one more on the way up.</param>
/// <param name="CrossAttention">Which levels have transformers, on the way down; on the way up in reverse.</param>
/// <param name="UpCrossAttention">The same for the way up, in its own order.</param>
/// <param name="Heads">Attention heads of each level (diffusers calls it <c>attention_head_dim</c>).</param>
/// <param name="TransformerLayers">Transformer blocks of each level's attentions.</param>
/// <param name="ContextWidth">Width of the text encoder's output.</param>
/// <param name="Groups">Groups of the group norms.</param>
/// <param name="Epsilon">Of the residual blocks' norms.</param>
/// <param name="LinearProjection">Whether transformers project by a matrix, not by a 1×1 convolution.</param>
/// <param name="UpcastAttention">Attention scores in float32.</param>
/// <param name="SampleSize">Width and height of the latent that the model was made for.</param>
/// <param name="AddedTimeWidth">Width of one embedded size number (SDXL), or 0.</param>
/// <param name="AddedInputs">Inputs of the added embedding (SDXL), or 0.</param>
public sealed record UNetConfig(
    long InChannels, long OutChannels, long[] Channels, long LayersPerBlock, bool[] CrossAttention, bool[] UpCrossAttention, long[] Heads,
    long[] TransformerLayers, long ContextWidth, long Groups, double Epsilon, bool LinearProjection, bool UpcastAttention,
    long SampleSize, long AddedTimeWidth = 0, long AddedInputs = 0)
{
    private const long LargestSample = 1 << 14;

    /// <exception cref="EngineException">A key is missing, or its value is one that the engine does not know.</exception>
    public static UNetConfig Read(ConfigFile file)
    {
        file.Only("_class_name", "UNet2DConditionModel");
        file.Only("act_fn", "silu", "swish");
        file.Only("addition_embed_type", "text_time");
        foreach (var key in new[] { "class_embed_type", "encoder_hid_dim", "encoder_hid_dim_type", "num_class_embeds", "time_cond_proj_dim",
            "time_embedding_act_fn", "time_embedding_dim", "timestep_post_act", "cross_attention_norm",
                "reverse_transformer_layers_per_block" })
        {
            file.Only(key);
        }

        file.Only("time_embedding_type", "positional");
        file.Only("resnet_time_scale_shift", "default");
        if (file.IsNull("mid_block_type"))
        {
            throw file.Fault("mid_block_type", "is null: this U-Net has no mid_block, without which this engine's U-Net cannot be made");
        }

        file.Only("mid_block_type", "UNetMidBlock2DCrossAttn");
        file.Only("attention_type", "default");
        foreach (var key in new[] { "dual_cross_attention", "only_cross_attention", "mid_block_only_cross_attention", "center_input_sample",
            "resnet_skip_time_act", "class_embeddings_concat" })
        {
            file.Only(key, "false");
        }

        file.Only("flip_sin_to_cos", "true");
        foreach (var (key, value) in new[] { ("freq_shift", "0"), ("conv_in_kernel", "3"), ("conv_out_kernel", "3"),
            ("downsample_padding", "1") })
        {
            file.Only(key, value);
        }

        foreach (var key in new[] { "mid_block_scale_factor", "resnet_out_scale_factor" })
        {
            file.Only(key, "1", "1.0");
        }

        file.Only("dropout", "0", "0.0");
        var channels = file.Counts("block_out_channels");
        // By a mistake of diffusers' that its files kept, attention_head_dim is the number of heads; later files may say so.
        var headsKey = file.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";
        var heads = file.PerLevel(headsKey, channels.Length, 8);
        file.Divides("norm_num_groups", Enumerable.Repeat(file.Count("norm_num_groups", 32), channels.Length), channels);
        file.Divides(headsKey, heads, channels);
        var added = file.Text("addition_embed_type", "") == "text_time";
        CheckWaves(file, channels, added);
        CheckChannels(file);
        return new UNetConfig(
            file.Count("in_channels", 4), file.Count("out_channels", 4), channels, file.Layers("layers_per_block", 2),
            Kinds(file, "down_block_types", "CrossAttnDownBlock2D", "DownBlock2D", channels.Length),
            Kinds(file, "up_block_types", "CrossAttnUpBlock2D", "UpBlock2D", channels.Length),
            heads, file.PerLevel("transformer_layers_per_block", channels.Length, 1, ConfigFile.MostLayers),
                file.Count("cross_attention_dim"),
            file.Count("norm_num_groups", 32), file.Positive("norm_eps", 1e-5), file.Bool("use_linear_projection"),
                file.Bool("upcast_attention"),
            file.Count("sample_size", 64, LargestSample), added ? file.Count("addition_time_embed_dim") : 0, added
                ? file.Count("projection_class_embeddings_input_dim") : 0);
    }

    /// <summary>The keys and values of config.json that describe this model to diffusers.</summary>
    public Dictionary<string, object?> ToJson() => new()
    {
        ["_class_name"] = nameof(UNet2DConditionModel),
        ["act_fn"] = "silu",
        ["addition_embed_type"] = AddedInputs > 0 ? "text_time" : null,
        ["addition_time_embed_dim"] = AddedInputs > 0 ? AddedTimeWidth : null,
        ["attention_head_dim"] = Heads,
        ["block_out_channels"] = Channels,
        ["cross_attention_dim"] = ContextWidth,
        ["down_block_types"] = CrossAttention.Select(cross => cross ? "CrossAttnDownBlock2D" : "DownBlock2D").ToArray(),
        ["downsample_padding"] = 1,
        ["flip_sin_to_cos"] = true,
        ["freq_shift"] = 0,
        ["in_channels"] = InChannels,
        ["layers_per_block"] = LayersPerBlock,
        ["mid_block_type"] = "UNetMidBlock2DCrossAttn",
        ["norm_eps"] = Epsilon,
        ["norm_num_groups"] = Groups,
        ["out_channels"] = OutChannels,
        ["projection_class_embeddings_input_dim"] = AddedInputs > 0 ? AddedInputs : null,
        ["sample_size"] = SampleSize,
        ["transformer_layers_per_block"] = TransformerLayers,
        ["up_block_types"] = UpCrossAttention.Select(cross => cross ? "CrossAttnUpBlock2D" : "UpBlock2D").ToArray(),
        ["upcast_attention"] = UpcastAttention,
        ["use_linear_projection"] = LinearProjection,
    };

    /// <summary>A U-Net that is given more channels than it predicts is told something that this engine does not have.</summary>
    private static void CheckChannels(ConfigFile file)
    {
        var (given, predicted) = (file.Count("in_channels", 4), file.Count("out_channels", 4));
        var wants = (given - predicted) switch
        {
            5 => "it is an inpainting model, which wants a mask and a masked picture beside the latent",
            4 => "it is a model that edits pictures, which wants the picture beside the latent",
            3 => "it is an upscaler, which wants the small picture beside the latent",
            1 => "it is a model with a depth or a mask beside the latent",
            _ => null,
        };
        if (given != predicted)
        {
            throw wants is null
                ? file.Fault("out_channels", $"is {predicted}, but in_channels is {given}; this engine's models predict as "
                    + "many channels as they are given")
                : file.Fault("in_channels", $"is {given}, but out_channels is {predicted}: {wants}; this engine has models that make a "
                    + "picture of a text alone");
        }
    }

    /// <summary>Numbers are told to the model as pairs of a sine and a cosine.</summary>
    private static void CheckWaves(ConfigFile file, long[] channels, bool added)
    {
        if (channels[0] % 2 != 0)
        {
            throw file.Fault("block_out_channels", $"begins with {channels[0]}; an even number is needed");
        }

        if (added && file.Count("addition_time_embed_dim") is var width && width % 2 != 0)
        {
            throw file.Fault("addition_time_embed_dim", $"is {width}; an even number is needed");
        }
    }

    private static bool[] Kinds(ConfigFile file, string key, string cross, string plain, int levels)
    {
        var kinds = file.Texts(key);
        if (kinds.Length != levels)
        {
            throw file.Fault(key, $"has {kinds.Length} entries for {levels} levels");
        }

        return [.. kinds.Select(
            kind => kind == cross
                || (kind == plain ? false
                    : throw file.Fault(key, $"holds {kind}, which this engine does not know; it knows {cross} and {plain}")))];
    }
}
