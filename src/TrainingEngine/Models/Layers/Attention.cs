using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>Attention of a transformer block: queries from x, keys and values from the context (x itself where there is none).</summary>
public sealed class Attention(ModelPart part, long width, long contextWidth, long heads, bool upcast)
{
    private readonly Linear _query = new(part, "to_q", width, width, bias: false);
    private readonly Linear _key = new(part, "to_k", contextWidth, width, bias: false);
    private readonly Linear _value = new(part, "to_v", contextWidth, width, bias: false);
    private readonly Linear _output = new(part, "to_out.0", width, width);

    public IEnumerable<Adaptable> Projections => [_query, _key, _value, _output];

    /// <param name="x">[N, L, width].</param>
    /// <param name="context">[N, S, contextWidth].</param>
    /// <returns>[N, L, width].</returns>
    public Tensor Forward(Tensor x, Tensor? context = null)
    {
        using var scope = NewDisposeScope();
        context ??= x;
        var mixed = Attend(Heads(_query.Forward(x)), Heads(_key.Forward(context)), Heads(_value.Forward(context)), upcast);
        return scope.MoveToOuter(part.Watch.Show(part.Path, _output.Forward(mixed.transpose(1, 2).reshape(x.shape[0], x.shape[1], width))));
    }

    /// <summary>softmax(Q Kᵀ / √d) V over [N, heads, L, d].</summary>
    internal static Tensor Attend(Tensor query, Tensor key, Tensor value, bool upcast = false)
    {
        using var timed = LayerClock.Time(LayerKind.Attention);
        return TorchExtensions.Attend(query, key, value, upcast);
    }

    /// <summary>[N, L, width] to [N, heads, L, width / heads].</summary>
    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], heads, width / heads).transpose(1, 2);
}
