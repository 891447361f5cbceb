using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>A block of FLUX with two streams: joint attention, then a feed-forward for each.</summary>
internal sealed class FluxDoubleBlock(ModelPart part, FluxConfig config)
{
    private readonly AdaptiveNorm _norm = new(part, "norm1", config.Width, 6);
    private readonly AdaptiveNorm _textNorm = new(part, "norm1_context", config.Width, 6);
    private readonly JointAttention _attention = new(part["attn"],
        new(config.Width, config.Heads, Norms: true, Text: true, Output: true, TextOutput: true, TextFirst: true));

    private readonly GeluFeedForward _feed = new(part, "ff", config.Width);
    private readonly GeluFeedForward _textFeed = new(part, "ff_context", config.Width);

    public IEnumerable<Adaptable> Attentions => _attention.Projections;

    public IEnumerable<Adaptable> Others => _feed.Layers.Concat(_textFeed.Layers).Concat([_norm.Layer, _textNorm.Layer]);

    /// <param name="image">[N, L, width].</param>
    /// <param name="text">[N, S, width].</param>
    /// <param name="time">[N, width], already through its activation.</param>
    /// <param name="rotation">Of text and image.</param>
    /// <returns>Image, then text.</returns>
    public Tensor[] Forward(Tensor image, Tensor text, Tensor time, Rotation rotation)
    {
        using var scope = NewDisposeScope();
        var (m, t) = (_norm.Parts(time), _textNorm.Parts(time));
        var normed = AdaptiveNorm.Modulate(image, m[0], m[1]);
        Show(normed, m);
        var (attended, attendedText) = _attention.Forward(normed, AdaptiveNorm.Modulate(text, t[0], t[1]), rotation);
        var x = image + (m[2] * attended);
        x = part.Watch.Show($"{part.Path}.1", x + (m[5] * _feed.Forward(AdaptiveNorm.Modulate(x, m[3], m[4]))));
        var y = text + (t[2] * attendedText!);
        y = part.Watch.Show($"{part.Path}.0", y + (t[5] * _textFeed.Forward(AdaptiveNorm.Modulate(y, t[3], t[4]))));
        return [scope.MoveToOuter(x), scope.MoveToOuter(y)];
    }

    private void Show(Tensor normed, Tensor[] parts)
    {
        part.Watch.Show($"{part.Path}.norm1.0", normed);
        for (var n = 2; n < parts.Length; n++)
        {
            part.Watch.Show($"{part.Path}.norm1.{n - 1}", parts[n].squeeze(1));
        }
    }
}

/// <summary>A block of FLUX with one stream, text and image together: attention and feed-forward side by side.</summary>
internal sealed class FluxSingleBlock(ModelPart part, FluxConfig config)
{
    private readonly AdaptiveNorm _norm = new(part, "norm", config.Width, 3);
    private readonly Linear _wide = new(part, "proj_mlp", config.Width, 4 * config.Width);
    private readonly JointAttention _attention = new(part["attn"],
        new(config.Width, config.Heads, Norms: true, Text: false, Output: false, TextOutput: false, TextFirst: true));

    private readonly Linear _output = new(part, "proj_out", 5 * config.Width, config.Width);

    public IEnumerable<Adaptable> Attentions => _attention.Projections;

    public IEnumerable<Adaptable> Others => [_wide, _output, _norm.Layer];

    /// <param name="x">[N, S + L, width].</param>
    /// <param name="time">[N, width], already through its activation.</param>
    /// <param name="rotation">Of text and image.</param>
    public Tensor Forward(Tensor x, Tensor time, Rotation rotation)
    {
        using var scope = NewDisposeScope();
        var m = _norm.Parts(time);
        var normed = AdaptiveNorm.Modulate(x, m[0], m[1]);
        var both = cat([_attention.Forward(normed, null, rotation).Image, GeluFeedForward.Gelu(_wide.Forward(normed))], 2);
        return scope.MoveToOuter(part.Watch.Show(part.Path, x + (m[2] * _output.Forward(both))));
    }
}
