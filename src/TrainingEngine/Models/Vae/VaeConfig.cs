using Labeler.TrainingEngine.Compute;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Vae;

/// <summary>The shape of an <see cref="AutoencoderKL"/>, as diffusers' config.json describes it.</summary>
/// <param name="InChannels">Channels of images.</param>
/// <param name="OutChannels">Channels of decoded images.</param>
/// <param name="LatentChannels">Channels of latents.</param>
/// <param name="Channels">Width of each level; every level but the last halves width and height.</param>
/// <param name="LayersPerBlock">Residual blocks of a level of the encoder; one more in the decoder.</param>
/// <param name="Groups">Groups of the group norms.</param>
/// <param name="ScalingFactor">Latents are multiplied by it for the U-Net, so that their variance is about 1.</param>
/// <param name="SampleSize">Width and height of the images that the model was made for.</param>
public sealed record VaeConfig(
    long InChannels, long OutChannels, long LatentChannels, long[] Channels, long LayersPerBlock, long Groups, double ScalingFactor,
        long SampleSize)
{
    private const long Rgb = 3;

    /// <summary>What is taken off a latent before it is scaled (flow models).</summary>
    public double ShiftFactor { get; init; }

    /// <summary>Whether a 1 × 1 convolution follows the encoder.</summary>
    public bool QuantConvolution { get; init; } = true;

    /// <summary>Whether a 1 × 1 convolution precedes the decoder.</summary>
    public bool PostQuantConvolution { get; init; } = true;

    /// <summary>Whether float16 is too narrow for it: it is then computed in float32. So is one whose config does not say.</summary>
    public bool ForceUpcast { get; init; } = true;

    /// <summary>The type to compute in where <paramref name="wanted"/> is that of the rest of the model.</summary>
    public ScalarType Precision(ScalarType wanted) => MixedPrecision.OfAutoencoder(wanted, ForceUpcast);

    /// <summary>How many pixels one latent element stands for, along each side.</summary>
    public long Factor => 1L << (Channels.Length - 1);

    /// <exception cref="EngineException">A key is missing, or its value is one that the engine does not know.</exception>
    public static VaeConfig Read(ConfigFile file)
    {
        file.Only("_class_name", nameof(AutoencoderKL));
        file.Only("act_fn", "silu", "swish");
        foreach (var key in new[] { "latents_mean", "latents_std" })
        {
            file.Only(key);
        }

        file.Only("mid_block_add_attention", "true");

        foreach (var key in new[] { "in_channels", "out_channels" })
        {
            file.Only(key, $"{Rgb}");
        }

        foreach (var (key, known) in new[] { ("down_block_types", "DownEncoderBlock2D"), ("up_block_types", "UpDecoderBlock2D") })
        {
            if (file.Texts(key).FirstOrDefault(kind => kind != known) is { } other)
            {
                throw file.Fault(key, $"holds {other}, which this engine does not know; it knows {known}");
            }
        }

        var (channels, groups) = (file.Counts("block_out_channels"), file.Count("norm_num_groups", 32));
        file.Divides("norm_num_groups", Enumerable.Repeat(groups, channels.Length), channels);
        return new VaeConfig(
            Rgb, Rgb, file.Count("latent_channels", 4), channels,
            file.Layers("layers_per_block", 1), groups, file.Positive("scaling_factor", 0.18215), file.Count("sample_size", 512))
        {
            ShiftFactor = file.Number("shift_factor", 0),
            QuantConvolution = file.Bool("use_quant_conv", true),
            PostQuantConvolution = file.Bool("use_post_quant_conv", true),
            ForceUpcast = file.Bool("force_upcast", true),
        };
    }

    /// <summary>The keys and values of config.json that describe this model to diffusers.</summary>
    public Dictionary<string, object?> ToJson() => new()
    {
        ["_class_name"] = nameof(AutoencoderKL),
        ["act_fn"] = "silu",
        ["block_out_channels"] = Channels,
        ["down_block_types"] = Channels.Select(_ => "DownEncoderBlock2D").ToArray(),
        ["force_upcast"] = ForceUpcast ? null : false,
        ["in_channels"] = InChannels,
        ["latent_channels"] = LatentChannels,
        ["layers_per_block"] = LayersPerBlock,
        ["norm_num_groups"] = Groups,
        ["out_channels"] = OutChannels,
        ["sample_size"] = SampleSize,
        ["scaling_factor"] = ScalingFactor,
        ["shift_factor"] = ShiftFactor == 0 ? null : ShiftFactor,
        ["up_block_types"] = Channels.Select(_ => "UpDecoderBlock2D").ToArray(),
        ["use_post_quant_conv"] = PostQuantConvolution ? null : false,
        ["use_quant_conv"] = QuantConvolution ? null : false,
    };
}
