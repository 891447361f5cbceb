using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Vae;

/// <summary>Latents to images.</summary>
internal sealed class Decoder
{
    private readonly Conv2d _convIn, _convOut;
    private readonly VaeMiddle _middle;
    private readonly VaeLevel[] _levels;
    private readonly GroupNorm _normOut;

    public Decoder(ModelPart part, VaeConfig config)
    {
        var channels = config.Channels.Reverse().ToArray();
        _convIn = new(part, "conv_in", config.LatentChannels, channels[0], 3, padding: 1);
        _middle = new(part["mid_block"], channels[0], config.Groups, AutoencoderKL.Epsilon);
        _levels = [.. channels.Select((width, level) => Level(part["up_blocks"][$"{level}"], config, channels, level, width))];
        _normOut = new(part, "conv_norm_out", config.Groups, channels[^1], AutoencoderKL.Epsilon);
        _convOut = new(part, "conv_out", channels[^1], config.OutChannels, 3, padding: 1);
    }

    public Tensor Forward(Tensor x)
    {
        x = _middle.Forward(_convIn.Forward(x));
        foreach (var level in _levels)
        {
            x = level.Forward(x);
        }

        return _convOut.Forward(nn.functional.silu(_normOut.Forward(x)));
    }

    private static VaeLevel Level(ModelPart part, VaeConfig config, long[] channels, int level, long width)
    {
        var before = level == 0 ? width : channels[level - 1];
        var resnets = Enumerable.Range(0, (int)config.LayersPerBlock + 1).Select(n =>
            new ResnetBlock(part["resnets"][$"{n}"], n == 0 ? before : width, width, 0, config.Groups, AutoencoderKL.Epsilon)).ToArray();
        var up = level < channels.Length - 1 ? new Upsample(part["upsamplers.0"], width) : null;
        return new(resnets, up is null ? null : x => up.Forward(x));
    }
}
