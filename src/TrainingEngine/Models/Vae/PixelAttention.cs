using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Vae;

/// <summary>Every pixel attends to every other, with one head; beside a shortcut.</summary>
internal sealed class PixelAttention
{
    private readonly GroupNorm _norm;
    private readonly Linear _query, _key, _value, _output;

    public PixelAttention(ModelPart part, long channels, long groups, double epsilon)
    {
        // Released files up to 2023 carry the older names.
        var (q, k, v, o) = part.Has("query.weight") ? ("query", "key", "value", "proj_attn") : ("to_q", "to_k", "to_v", "to_out.0");
        _norm = new(part, "group_norm", groups, channels, epsilon);
        (_query, _key) = (new(part, q, channels, channels), new(part, k, channels, channels));
        (_value, _output) = (new(part, v, channels, channels), new(part, o, channels, channels));
    }

    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var pixels = _norm.Forward(x).view(n, c, h * w).transpose(1, 2);
        var mixed = Attention.Attend(Head(_query), Head(_key), Head(_value)).squeeze(1);
        return scope.MoveToOuter(_output.Forward(mixed).transpose(1, 2).reshape(n, c, h, w) + x);

        Tensor Head(Linear projection) => projection.Forward(pixels).unsqueeze(1);
    }
}

/// <summary>Residual block, attention, residual block at the lowest level.</summary>
internal sealed class VaeMiddle(ModelPart part, long channels, long groups, double epsilon)
{
    private readonly ResnetBlock _first = new(part["resnets.0"], channels, channels, 0, groups, epsilon);
    private readonly PixelAttention _attention = new(part["attentions.0"], channels, groups, epsilon);
    private readonly ResnetBlock _second = new(part["resnets.1"], channels, channels, 0, groups, epsilon);

    public Tensor Forward(Tensor x) => _second.Forward(_attention.Forward(_first.Forward(x)));
}
