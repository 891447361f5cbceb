using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.T5;

/// <summary>T5's encoder (version 1.1), named and shaped as in transformers. Padding is not masked, as SD3 and FLUX have it.</summary>
public sealed class T5Encoder
{
    private const string Shared = "shared", Own = "encoder.embed_tokens";
    private readonly Embedding _tokens;
    private readonly T5Block[] _blocks;
    private readonly RelativePositions _positions;
    private readonly RmsNorm _finalNorm;

    public T5Encoder(T5Config config, WeightSource source)
    {
        Config = config;
        var root = ModelPart.Root(source);
        // Files hold the table of tokens under either name, or twice.
        var name = root.Has($"{Shared}.weight") || !root.Has($"{Own}.weight") ? Shared : Own;
        _tokens = new(root, name, config.VocabularySize, config.Width);
        if (name == Shared && root.Has($"{Own}.weight"))
        {
            _ = new Embedding(root, Own, config.VocabularySize, config.Width);
        }

        var part = root["encoder"];
        _blocks = [.. Enumerable.Range(0, (int)config.Layers).Select(n => new T5Block(part[$"block.{n}"], config))];
        _positions = new(part["block.0.layer.0.SelfAttention"], config);
        _finalNorm = new(part, "final_layer_norm", config.Width, config.Epsilon);
        (Watch, Parameters) = (root.Watch, source.Taken);
        source.Finish();
    }

    public T5Config Config { get; }

    /// <summary>Shows the outputs of the model's parts.</summary>
    public OutputWatch Watch { get; }

    /// <summary>Every weight by its key in checkpoints.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>Every layer that can carry an adapter.</summary>
    public IEnumerable<Adaptable> AdaptableLayers => _blocks.SelectMany(block => block.Layers);

    /// <param name="ids">int64 [N, S], padded.</param>
    /// <returns>[N, S, width].</returns>
    public Tensor Forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var x = _tokens.Forward(ids);
        var bias = Watch.Show("position_bias", _positions.Forward(ids.shape[1]));
        for (var n = 0; n < _blocks.Length; n++)
        {
            x = Watch.Show($"block.{n}", _blocks[n].Forward(x, bias));
        }

        return scope.MoveToOuter(_finalNorm.Forward(x));
    }
}

/// <summary>Self-attention and a gated feed-forward, each behind a norm and beside a shortcut.</summary>
internal sealed class T5Block
{
    private readonly T5Config _config;
    private readonly Linear _query, _key, _value, _output, _gate, _wide, _narrow;
    private readonly RmsNorm _norm1, _norm2;

    public T5Block(ModelPart part, T5Config config)
    {
        _config = config;
        var (attention, feed, inner) = (part["layer.0.SelfAttention"], part["layer.1.DenseReluDense"], config.Heads * config.HeadWidth);
        _query = new(attention, "q", config.Width, inner, bias: false);
        _key = new(attention, "k", config.Width, inner, bias: false);
        _value = new(attention, "v", config.Width, inner, bias: false);
        _output = new(attention, "o", inner, config.Width, bias: false);
        _norm1 = new(part, "layer.0.layer_norm", config.Width, config.Epsilon);
        _gate = new(feed, "wi_0", config.Width, config.InnerWidth, bias: false);
        _wide = new(feed, "wi_1", config.Width, config.InnerWidth, bias: false);
        _narrow = new(feed, "wo", config.InnerWidth, config.Width, bias: false);
        _norm2 = new(part, "layer.1.layer_norm", config.Width, config.Epsilon);
    }

    public IEnumerable<Adaptable> Layers => [_query, _key, _value, _output, _gate, _wide, _narrow];

    /// <param name="x">[N, S, width].</param>
    /// <param name="bias">[1, heads, S, S].</param>
    public Tensor Forward(Tensor x, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var y = _norm1.Forward(x);
        // Scores are not divided by √d: libtorch's kernel does it, so the queries are multiplied first.
        var query = Heads(_query) * Math.Sqrt(_config.HeadWidth);
        var mixed = TorchExtensions.Attend(query, Heads(_key), Heads(_value), mask: bias.to(x.dtype).expand(x.shape[0], -1, -1, -1));
        x = x + _output.Forward(mixed.transpose(1, 2).flatten(2));
        y = _norm2.Forward(x);
        return scope.MoveToOuter(x + _narrow.Forward(GeluFeedForward.Gelu(_gate.Forward(y)) * _wide.Forward(y)));

        Tensor Heads(Linear projection) => projection.Forward(y).view(x.shape[0], x.shape[1], _config.Heads, -1).transpose(1, 2);
    }
}
