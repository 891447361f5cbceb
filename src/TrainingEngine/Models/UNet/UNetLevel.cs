using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.UNet;

/// <summary>One level on the way down or up: residual blocks, each with a transformer behind it where the level has them.</summary>
internal sealed class UNetLevel
{
    private readonly ResnetBlock[] _resnets;
    private readonly Transformer2D[] _attentions;
    private readonly Downsample? _downsample;
    private readonly Upsample? _upsample;

    private UNetLevel(ResnetBlock[] resnets, Transformer2D[] attentions, Downsample? downsample, Upsample? upsample) =>
        (_resnets, _attentions, _downsample, _upsample) = (resnets, attentions, downsample, upsample);

    public int Resnets => _resnets.Length;

    public IEnumerable<Adaptable> Attentions => _attentions.SelectMany(attention => attention.Attentions);

    public IEnumerable<Adaptable> Others =>
    [
        .. _resnets.SelectMany(resnet => resnet.Layers), .. _attentions.SelectMany(attention => attention.Others),
        .. new[] { _downsample?.Convolution, _upsample?.Convolution }.OfType<Adaptable>(),
    ];

    public static UNetLevel Down(ModelPart part, UNetConfig config, int level, long timeWidth)
    {
        var channels = config.Channels[level];
        var before = level == 0 ? channels : config.Channels[level - 1];
        return new(
            [.. Enumerable.Range(0, (int)config.LayersPerBlock).Select(n =>
                new ResnetBlock(part["resnets"][$"{n}"], n == 0 ? before : channels, channels, timeWidth, config.Groups, config.Epsilon))],
            Transformers(part, config, config.CrossAttention[level], level, (int)config.LayersPerBlock),
            level < config.Channels.Length - 1 ? new(part["downsamplers.0"], channels, symmetric: true) : null, null);
    }

    /// <param name="number">Counted on the way up, from the lowest level.</param>
    public static UNetLevel Up(ModelPart part, UNetConfig config, int number, long timeWidth)
    {
        var level = config.Channels.Length - 1 - number;
        var channels = config.Channels[level];
        var before = config.Channels[Math.Min(level + 1, config.Channels.Length - 1)];
        var lowestSkip = config.Channels[Math.Max(level - 1, 0)];
        var count = (int)config.LayersPerBlock + 1;
        return new(
            [.. Enumerable.Range(0, count).Select(n => new ResnetBlock(
                part["resnets"][$"{n}"], (n == 0 ? before : channels)
                    + (n == count - 1 ? lowestSkip : channels), channels, timeWidth, config.Groups, config.Epsilon))],
            Transformers(part, config, config.UpCrossAttention[number], level, count),
            null, level > 0 ? new(part["upsamplers.0"], channels) : null);
    }

    /// <returns>What the way up will be given: the output of each block, then of the downsampling.</returns>
    public Tensor[] GoDown(Tensor x, Tensor time, Tensor context)
    {
        var kept = new List<Tensor>();
        for (var n = 0; n < _resnets.Length; n++)
        {
            kept.Add(x = Block(n, x, time, context));
        }

        if (_downsample is not null)
        {
            kept.Add(_downsample.Forward(x));
        }

        return [.. kept];
    }

    /// <param name="skips">One for each block, the last kept first.</param>
    /// <param name="next">The size after upsampling: that of the level above.</param>
    public Tensor GoUp(Tensor x, Tensor time, Tensor context, ReadOnlySpan<Tensor> skips, (long Height, long Width) next)
    {
        using var scope = NewDisposeScope();
        for (var n = 0; n < _resnets.Length; n++)
        {
            x = Block(n, cat([x, skips[n]], 1), time, context);
        }

        return scope.MoveToOuter(_upsample?.Forward(x, next.Height, next.Width) ?? x);
    }

    private Tensor Block(int n, Tensor x, Tensor time, Tensor context)
    {
        using var scope = NewDisposeScope();
        x = _resnets[n].Forward(x, time);
        return scope.MoveToOuter(_attentions.Length > 0 ? _attentions[n].Forward(x, context) : x);
    }

    private static Transformer2D[] Transformers(ModelPart part, UNetConfig config, bool cross, int level, int count) =>
        cross ? [
            .. Enumerable.Range(0, count)
                .Select(n =>
                    new Transformer2D(part["attentions"][$"{n}"], config, config.Channels[level], config.Heads[level],
                        config.TransformerLayers[level]))] : [];
}
