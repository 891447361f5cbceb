using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.UNet;

/// <summary>A stack of transformer blocks over the pixels of a feature map, which attend to each other and to the text.</summary>
public sealed class Transformer2D
{
    private const double NormEpsilon = 1e-6;
    private readonly GroupNorm _norm;
    private readonly Conv2d? _convIn, _convOut;
    private readonly Linear? _linearIn, _linearOut;
    private readonly TransformerBlock[] _blocks;
    private readonly ModelPart _part;

    public Transformer2D(ModelPart part, UNetConfig config, long channels, long heads, long layers)
    {
        _part = part;
        _norm = new(part, "norm", config.Groups, channels, NormEpsilon);
        if (config.LinearProjection)
        {
            (_linearIn, _linearOut) = (new(part, "proj_in", channels, channels), new(part, "proj_out", channels, channels));
        }
        else
        {
            (_convIn, _convOut) = (new(part, "proj_in", channels, channels, 1), new(part, "proj_out", channels, channels, 1));
        }

        _blocks =
            [.. Enumerable.Range(0, (int)layers)
                .Select(n => new TransformerBlock(part["transformer_blocks"][$"{n}"], config, channels, heads))];
    }

    public IEnumerable<Adaptable> Attentions => _blocks.SelectMany(block => block.Attentions);

    public IEnumerable<Adaptable> Others =>
        _blocks.SelectMany(block => block.FeedForward.Layers)
            .Concat(new Adaptable?[] { _linearIn, _linearOut, _convIn, _convOut }.OfType<Adaptable>());

    /// <param name="x">[N, C, H, W].</param>
    /// <param name="context">[N, S, contextWidth].</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    public Tensor Forward(Tensor x, Tensor context)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var y = _norm.Forward(x);
        y = _convIn is not null ? Tokens(_convIn.Forward(y)) : _linearIn!.Forward(Tokens(y));
        foreach (var block in _blocks)
        {
            y = block.Forward(y, context);
        }

        y = _convOut is not null ? _convOut.Forward(Pixels(y)) : Pixels(_linearOut!.Forward(y));
        return scope.MoveToOuter(_part.Watch.Show(_part.Path, y + x));

        Tensor Tokens(Tensor map) => map.permute(0, 2, 3, 1).reshape(n, h * w, c);
        Tensor Pixels(Tensor tokens) => tokens.reshape(n, h, w, c).permute(0, 3, 1, 2).contiguous();
    }
}

/// <summary>Self-attention, attention to the text, feed-forward; each behind a norm and beside a shortcut.</summary>
internal sealed class TransformerBlock(ModelPart part, UNetConfig config, long width, long heads)
{
    private readonly LayerNorm _norm1 = new(part, "norm1", width);
    private readonly Attention _attention1 = new(part["attn1"], width, width, heads, config.UpcastAttention);
    private readonly LayerNorm _norm2 = new(part, "norm2", width);
    private readonly Attention _attention2 = new(part["attn2"], width, config.ContextWidth, heads, config.UpcastAttention);
    private readonly LayerNorm _norm3 = new(part, "norm3", width);

    public FeedForward FeedForward { get; } = new(part["ff.net"], width);

    public IEnumerable<Adaptable> Attentions => [.. _attention1.Projections, .. _attention2.Projections];

    public Tensor Forward(Tensor x, Tensor context)
    {
        using var scope = NewDisposeScope();
        x = _attention1.Forward(_norm1.Forward(x)) + x;
        x = _attention2.Forward(_norm2.Forward(x), context) + x;
        return scope.MoveToOuter(part.Watch.Show($"{part.Path}.ff", FeedForward.Forward(_norm3.Forward(x))) + x);
    }
}

/// <summary>Two matrices with GEGLU between them (arXiv 2002.05202): half of the first's output gates the other half.</summary>
internal sealed class FeedForward(ModelPart part, long width)
{
    private readonly Linear _wide = new(part, "0.proj", width, width * 8);
    private readonly Linear _narrow = new(part, "2", width * 4, width);

    public IEnumerable<Adaptable> Layers => [_wide, _narrow];

    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var halves = _wide.Forward(x).chunk(2, -1);
        return scope.MoveToOuter(_narrow.Forward(halves[0] * nn.functional.gelu(halves[1])));
    }
}
