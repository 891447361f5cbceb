using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>What a <see cref="JointAttention"/> consists of.</summary>
/// <param name="Width">Width of both streams, shared out among the heads.</param>
/// <param name="Heads">Number of heads.</param>
/// <param name="Norms">Whether queries and keys pass RMS norms.</param>
/// <param name="Text">Whether the text has projections of its own.</param>
/// <param name="Output">Whether the image has an output projection.</param>
/// <param name="TextOutput">Whether the text has one; a last block needs none.</param>
/// <param name="TextFirst">Order of the joint sequence: text then image (FLUX), or image then text (SD3).</param>
internal sealed record JointAttentionShape(long Width, long Heads, bool Norms, bool Text, bool Output, bool TextOutput, bool TextFirst);

/// <summary>Attention over the tokens of image and text together (arXiv 2403.03206), each with its own projections.</summary>
internal sealed class JointAttention
{
    private const double NormEpsilon = 1e-6;
    private readonly ModelPart _part;
    private readonly JointAttentionShape _shape;
    private readonly Linear _query, _key, _value;
    private readonly Linear? _output, _textQuery, _textKey, _textValue, _textOutput;
    private readonly RmsNorm? _queryNorm, _keyNorm, _textQueryNorm, _textKeyNorm;

    public JointAttention(ModelPart part, JointAttentionShape shape)
    {
        var (width, head) = (shape.Width, shape.Width / shape.Heads);
        (_part, _shape) = (part, shape);
        (_query, _key, _value) = (Projection("to_q"), Projection("to_k"), Projection("to_v"));
        _output = shape.Output ? Projection("to_out.0") : null;
        (_queryNorm, _keyNorm) = shape.Norms ? (Norm("norm_q"), Norm("norm_k")) : (null, null);
        if (shape.Text)
        {
            (_textQuery, _textKey, _textValue) = (Projection("add_q_proj"), Projection("add_k_proj"), Projection("add_v_proj"));
            (_textQueryNorm, _textKeyNorm) = shape.Norms ? (Norm("norm_added_q"), Norm("norm_added_k")) : (null, null);
        }

        _textOutput = shape.TextOutput ? Projection("to_add_out") : null;

        Linear Projection(string name) => new(part, name, width, width);
        RmsNorm Norm(string name) => new(part, name, head, NormEpsilon);
    }

    /// <summary>The projections of both streams.</summary>
    public IEnumerable<Adaptable> Projections => new Adaptable?[]
    {
        _query, _key, _value, _output, _textQuery, _textKey, _textValue, _textOutput,
    }.OfType<Adaptable>();

    /// <summary>Attends over both streams.</summary>
    /// <param name="image">[N, L, width].</param>
    /// <param name="text">[N, S, width], where there are projections for it.</param>
    /// <param name="rotation">Of the joint sequence's places.</param>
    /// <returns>[N, L, width] and [N, S, width]; the text is null where there is none, and where it has no output projection.</returns>
    public (Tensor Image, Tensor? Text) Forward(Tensor image, Tensor? text = null, Rotation? rotation = null)
    {
        using var scope = NewDisposeScope();
        var query = Normed(Heads(_query, image), _queryNorm);
        var key = Normed(Heads(_key, image), _keyNorm);
        var value = Heads(_value, image);
        if (text is not null)
        {
            query = Joined(query, Normed(Heads(_textQuery!, text), _textQueryNorm));
            key = Joined(key, Normed(Heads(_textKey!, text), _textKeyNorm));
            value = Joined(value, Heads(_textValue!, text));
        }

        if (rotation is not null)
        {
            (query, key) = (rotation.Turn(query), rotation.Turn(key));
        }

        var mixed = Attention.Attend(query, key, value).transpose(1, 2).flatten(2);
        var (ofImage, ofText) = text is null ? (mixed, null) : Apart(mixed, image.shape[1], text.shape[1]);
        ofImage = _output?.Forward(ofImage) ?? ofImage;
        _part.Watch.Show(_part.Path + (text is null ? "" : ".0"), ofImage);
        if (ofText is null || _textOutput is null)
        {
            return (scope.MoveToOuter(ofImage), null);
        }

        ofText = _part.Watch.Show($"{_part.Path}.1", _textOutput.Forward(ofText));
        return (scope.MoveToOuter(ofImage), scope.MoveToOuter(ofText));
    }

    private Tensor Joined(Tensor image, Tensor text) => _shape.TextFirst ? cat([text, image], 2) : cat([image, text], 2);

    private (Tensor Image, Tensor Text) Apart(Tensor mixed, long image, long text) => _shape.TextFirst
        ? (mixed.narrow(1, text, image), mixed.narrow(1, 0, text))
        : (mixed.narrow(1, 0, image), mixed.narrow(1, image, text));

    private static Tensor Normed(Tensor heads, RmsNorm? norm) => norm?.Forward(heads) ?? heads;

    /// <summary>[N, L, width] to [N, heads, L, width / heads].</summary>
    private Tensor Heads(Linear projection, Tensor x) =>
        projection.Forward(x).view(x.shape[0], x.shape[1], _shape.Heads, -1).transpose(1, 2);
}
