using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.UNet;

/// <summary>A stack of transformer blocks over the pixels of a feature map, which attend to each other and to the text.</summary>
public sealed class Transformer2D
{
    private const double NormEpsilon = 1e-6;
    private readonly GroupNorm norm;
    private readonly Conv2d? convIn, convOut;
    private readonly Linear? linearIn, linearOut;
    private readonly TransformerBlock[] blocks;
    private readonly ModelPart part;

    public Transformer2D(ModelPart part, UNetConfig config, long channels, long heads, long layers)
    {
        this.part = part;
        norm = new(part, "norm", config.Groups, channels, NormEpsilon);
        if (config.LinearProjection)
            (linearIn, linearOut) = (new(part, "proj_in", channels, channels), new(part, "proj_out", channels, channels));
        else
            (convIn, convOut) = (new(part, "proj_in", channels, channels, 1), new(part, "proj_out", channels, channels, 1));
        blocks = [.. Enumerable.Range(0, (int)layers).Select(n => new TransformerBlock(part["transformer_blocks"][$"{n}"], config, channels, heads))];
    }

    public IEnumerable<Adaptable> Attentions => blocks.SelectMany(block => block.Attentions);

    public IEnumerable<Adaptable> Others =>
        blocks.SelectMany(block => block.FeedForward.Layers).Concat(new Adaptable?[] { linearIn, linearOut, convIn, convOut }.OfType<Adaptable>());

    /// <param name="x">[N, C, H, W].</param>
    /// <param name="context">[N, S, contextWidth].</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    public Tensor Forward(Tensor x, Tensor context)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var y = norm.Forward(x);
        y = convIn is not null ? Tokens(convIn.Forward(y)) : linearIn!.Forward(Tokens(y));
        foreach (var block in blocks)
            y = block.Forward(y, context);
        y = convOut is not null ? convOut.Forward(Pixels(y)) : Pixels(linearOut!.Forward(y));
        return scope.MoveToOuter(part.Watch.Show(part.Path, y + x));

        Tensor Tokens(Tensor map) => map.permute(0, 2, 3, 1).reshape(n, h * w, c);
        Tensor Pixels(Tensor tokens) => tokens.reshape(n, h, w, c).permute(0, 3, 1, 2).contiguous();
    }
}

/// <summary>Self-attention, attention to the text, feed-forward; each behind a norm and beside a shortcut.</summary>
internal sealed class TransformerBlock(ModelPart part, UNetConfig config, long width, long heads)
{
    private readonly LayerNorm norm1 = new(part, "norm1", width);
    private readonly Attention attention1 = new(part["attn1"], width, width, heads, config.UpcastAttention);
    private readonly LayerNorm norm2 = new(part, "norm2", width);
    private readonly Attention attention2 = new(part["attn2"], width, config.ContextWidth, heads, config.UpcastAttention);
    private readonly LayerNorm norm3 = new(part, "norm3", width);

    public FeedForward FeedForward { get; } = new(part["ff.net"], width);

    public IEnumerable<Adaptable> Attentions => [.. attention1.Projections, .. attention2.Projections];

    public Tensor Forward(Tensor x, Tensor context)
    {
        using var scope = NewDisposeScope();
        x = attention1.Forward(norm1.Forward(x)) + x;
        x = attention2.Forward(norm2.Forward(x), context) + x;
        return scope.MoveToOuter(part.Watch.Show($"{part.Path}.ff", FeedForward.Forward(norm3.Forward(x))) + x);
    }
}

/// <summary>Two matrices with GEGLU between them (arXiv 2002.05202): half of the first's output gates the other half.</summary>
internal sealed class FeedForward(ModelPart part, long width)
{
    private readonly Linear wide = new(part, "0.proj", width, width * 8);
    private readonly Linear narrow = new(part, "2", width * 4, width);

    public IEnumerable<Adaptable> Layers => [wide, narrow];

    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var halves = wide.Forward(x).chunk(2, -1);
        return scope.MoveToOuter(narrow.Forward(halves[0] * nn.functional.gelu(halves[1])));
    }
}
