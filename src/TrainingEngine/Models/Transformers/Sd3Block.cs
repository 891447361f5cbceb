using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>A block of SD3: joint attention, then a feed-forward for each stream; the last block drops the text.</summary>
internal sealed class Sd3Block
{
    private readonly ModelPart _part;
    private readonly bool _last;
    private readonly AdaptiveNorm _norm;
    private readonly AdaptiveNorm? _textNorm;
    private readonly ContinuousNorm? _lastTextNorm;
    private readonly JointAttention _attention;
    private readonly JointAttention? _second;
    private readonly GeluFeedForward _feed;
    private readonly GeluFeedForward? _textFeed;

    public Sd3Block(ModelPart part, Sd3Config config, bool dual, bool last)
    {
        (_part, _last) = (part, last);
        _norm = new(part, "norm1", config.Width, dual ? 9 : 6);
        (_textNorm, _lastTextNorm) = last
            ? ((AdaptiveNorm?)null, new ContinuousNorm(part, "norm1_context", config.Width))
            : (new(part, "norm1_context", config.Width, 6), null);
        _attention = new(part["attn"], new(config.Width, config.Heads, config.Norms, Text: true, Output: true, TextOutput: !last,
            TextFirst: false));
        _second = dual
            ? new(part["attn2"], new(config.Width, config.Heads, config.Norms, Text: false, Output: true, TextOutput: false,
                TextFirst: false))
            : null;
        _feed = new(part, "ff", config.Width);
        _textFeed = last ? null : new(part, "ff_context", config.Width);
    }

    public IEnumerable<Adaptable> Attentions => _attention.Projections.Concat(_second?.Projections ?? []);

    public IEnumerable<Adaptable> Others => _feed.Layers.Concat(_textFeed?.Layers ?? [])
        .Concat([_norm.Layer, _textNorm?.Layer ?? _lastTextNorm!.Layer]);

    /// <param name="image">[N, L, width].</param>
    /// <param name="text">[N, S, width].</param>
    /// <param name="time">[N, width], already through its activation.</param>
    /// <returns>Image, then text; the last block's image alone.</returns>
    public Tensor[] Forward(Tensor image, Tensor text, Tensor time)
    {
        using var scope = NewDisposeScope();
        var m = _norm.Parts(time);
        var normed = AdaptiveNorm.Modulate(image, m[0], m[1]);
        Show(normed, m);
        var t = _textNorm?.Parts(time);
        var normedText = t is null ? _lastTextNorm!.Forward(text, time) : AdaptiveNorm.Modulate(text, t[0], t[1]);
        var (attended, attendedText) = _attention.Forward(normed, normedText);
        var x = image + (m[2] * attended);
        if (_second is not null)
        {
            var again = AdaptiveNorm.Modulate(image, m[6], m[7]);
            _part.Watch.Show($"{_part.Path}.norm1.5", again);
            x = x + (m[8] * _second.Forward(again).Image);
        }

        var fed = _part.Watch.Show($"{_part.Path}.ff", _feed.Forward(AdaptiveNorm.Modulate(x, m[3], m[4])));
        x = _part.Watch.Show($"{_part.Path}.1", x + (m[5] * fed));
        if (_last)
        {
            return [scope.MoveToOuter(x)];
        }

        var y = text + (t![2] * attendedText!);
        y = _part.Watch.Show($"{_part.Path}.0", y + (t[5] * _textFeed!.Forward(AdaptiveNorm.Modulate(y, t[3], t[4]))));
        return [scope.MoveToOuter(x), scope.MoveToOuter(y)];
    }

    private void Show(Tensor normed, Tensor[] parts)
    {
        if (_part.Watch.Seen is null)
        {
            return;
        }

        _part.Watch.Show($"{_part.Path}.norm1.0", normed);
        foreach (var (name, part) in new[] { (1, 2), (2, 3), (3, 4), (4, 5), (6, 8) }.Where(pair => pair.Item2 < parts.Length))
        {
            _part.Watch.Show($"{_part.Path}.norm1.{name}", parts[part].squeeze(1));
        }
    }
}
