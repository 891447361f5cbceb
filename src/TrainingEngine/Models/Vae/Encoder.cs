using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Vae;

/// <summary>Images to the mean and log-variance of their latents, one behind the other along the channels.</summary>
internal sealed class Encoder
{
    private readonly Conv2d _convIn, _convOut;
    private readonly VaeLevel[] _levels;
    private readonly VaeMiddle _middle;
    private readonly GroupNorm _normOut;

    public Encoder(ModelPart part, VaeConfig config)
    {
        var channels = config.Channels;
        _convIn = new(part, "conv_in", config.InChannels, channels[0], 3, padding: 1);
        _levels = [.. channels.Select((width, level) => Level(part["down_blocks"][$"{level}"], config, level, width))];
        _middle = new(part["mid_block"], channels[^1], config.Groups, AutoencoderKL.Epsilon);
        _normOut = new(part, "conv_norm_out", config.Groups, channels[^1], AutoencoderKL.Epsilon);
        _convOut = new(part, "conv_out", channels[^1], 2 * config.LatentChannels, 3, padding: 1);
    }

    public Tensor Forward(Tensor x)
    {
        x = _convIn.Forward(x);
        foreach (var level in _levels)
        {
            x = level.Forward(x);
        }

        return _convOut.Forward(nn.functional.silu(_normOut.Forward(_middle.Forward(x))));
    }

    private static VaeLevel Level(ModelPart part, VaeConfig config, int level, long width)
    {
        var before = level == 0 ? width : config.Channels[level - 1];
        var resnets = Enumerable.Range(0, (int)config.LayersPerBlock).Select(n =>
            new ResnetBlock(part["resnets"][$"{n}"], n == 0 ? before : width, width, 0, config.Groups, AutoencoderKL.Epsilon)).ToArray();
        var down = level < config.Channels.Length - 1 ? new Downsample(part["downsamplers.0"], width, symmetric: false) : null;
        return new(resnets, down is null ? null : x => down.Forward(x));
    }
}
