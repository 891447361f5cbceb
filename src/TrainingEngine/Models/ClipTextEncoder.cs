using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>What a <see cref="ClipTextEncoder"/> says of N texts.</summary>
/// <param name="Last">[N, S, width]: after the final norm.</param>
/// <param name="Penultimate">[N, S, width]: before the last layer, without the final norm (what XL's U-Net is given).</param>
/// <param name="Pooled">[N, width]: the end token's place in <paramref name="Last"/>.</param>
/// <param name="Projected">[N, ProjectionWidth], where the model has a projection.</param>
public sealed record EncodedText(Tensor Last, Tensor Penultimate, Tensor Pooled, Tensor? Projected);

/// <summary>CLIP's text transformer (arXiv 2103.00020), named and shaped as in transformers 4.30.</summary>
public sealed class ClipTextEncoder
{
    private readonly Embedding _tokens, _positions;
    private readonly ClipLayer[] _layers;
    private readonly LayerNorm _finalNorm;
    private readonly Linear? _projection;

    public ClipTextEncoder(ClipTextConfig config, WeightSource source)
    {
        Config = config;
        var root = ModelPart.Root(source);
        var part = root["text_model"];
        _tokens = new(part["embeddings"], "token_embedding", config.VocabularySize, config.Width);
        _positions = new(part["embeddings"], "position_embedding", config.Positions, config.Width);
        _layers = [.. Enumerable.Range(0, (int)config.Layers).Select(n => new ClipLayer(part["encoder.layers"][$"{n}"], config))];
        _finalNorm = new(part, "final_layer_norm", config.Width, config.Epsilon);
        _projection = config.ProjectionWidth > 0 ? new(root, "text_projection", config.Width, config.ProjectionWidth, bias: false) : null;
        source.Finish();
        Parameters = source.Taken;
    }

    public ClipTextConfig Config { get; }

    /// <summary>Every layer that can carry an adapter.</summary>
    public IEnumerable<Adaptable> AdaptableLayers =>
        _layers.SelectMany(layer => layer.Layers).Concat(_projection is null ? [] : [_projection]);

    /// <summary>Every weight by its key in checkpoints.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <param name="ids">int64 [N, S]: token ids, padded behind the end token.</param>
    /// <param name="skip">How many layers before the last but one <see cref="EncodedText.Penultimate"/> is taken.</param>
    public EncodedText Forward(Tensor ids, int skip = 0)
    {
        using var scope = NewDisposeScope();
        var length = ids.shape[1];
        if (length > Config.Positions)
        {
            throw new EngineException($"The text encoder takes {Config.Positions} tokens; {length} were given.");
        }

        var x = _tokens.Forward(ids) + _positions.Weight.narrow(0, 0, length);
        // Each token sees itself and those before it.
        var mask = full([length, length], double.NegativeInfinity, x.dtype, x.device).triu(1);
        var penultimate = x;
        for (var n = 0; n < _layers.Length; n++)
        {
            penultimate = n < _layers.Length - skip ? x : penultimate;
            x = _layers[n].Forward(x, mask);
        }
        var last = _finalNorm.Forward(x);
        // The end token has the highest id of CLIP's vocabulary; the first of them ends the text.
        var ends = ids.to(ScalarType.Int32).argmax(-1);
        var pooled = last.reshape(-1, Config.Width).index_select(0, arange(ids.shape[0], ScalarType.Int64, ids.device) * length + ends);
        return new(scope.MoveToOuter(last), scope.MoveToOuter(penultimate), scope.MoveToOuter(pooled),
            _projection is null ? null : scope.MoveToOuter(_projection.Forward(pooled)));
    }
}

/// <summary>Self-attention and two matrices, each behind a norm and beside a shortcut.</summary>
internal sealed class ClipLayer(ModelPart part, ClipTextConfig config)
{
    private readonly LayerNorm _norm1 = new(part, "layer_norm1", config.Width, config.Epsilon);
    private readonly Linear _query = new(part["self_attn"], "q_proj", config.Width, config.Width);
    private readonly Linear _key = new(part["self_attn"], "k_proj", config.Width, config.Width);
    private readonly Linear _value = new(part["self_attn"], "v_proj", config.Width, config.Width);
    private readonly Linear _output = new(part["self_attn"], "out_proj", config.Width, config.Width);
    private readonly LayerNorm _norm2 = new(part, "layer_norm2", config.Width, config.Epsilon);
    private readonly Linear _wide = new(part["mlp"], "fc1", config.Width, config.InnerWidth);
    private readonly Linear _narrow = new(part["mlp"], "fc2", config.InnerWidth, config.Width);

    public IEnumerable<Adaptable> Layers => [_query, _key, _value, _output, _wide, _narrow];

    public Tensor Forward(Tensor x, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var y = _norm1.Forward(x);
        var mixed = TorchExtensions.Attend(Heads(_query), Heads(_key), Heads(_value), mask: mask);
        x = x + _output.Forward(mixed.transpose(1, 2).reshape(x.shape));
        y = _wide.Forward(_norm2.Forward(x));
        return scope.MoveToOuter(x + _narrow.Forward(config.QuickGelu ? y * sigmoid(1.702 * y) : nn.functional.gelu(y)));

        Tensor Heads(Linear projection) => projection.Forward(y).view(x.shape[0], x.shape[1], config.Heads, -1).transpose(1, 2);
    }
}
