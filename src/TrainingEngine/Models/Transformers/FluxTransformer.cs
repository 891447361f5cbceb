using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>
/// The denoiser of FLUX.1, named and shaped as in diffusers. Predicts the velocity, noise − image, from a noisy latent, its
/// share of noise, the text and (dev) the guidance scale.
/// </summary>
public sealed class FluxTransformer : IDenoiser
{
    private const double Thousand = 1000;
    private const long UsualSide = 128;
    private readonly Linear _input, _context, _output;
    private readonly TimeTextEmbedding _timeText;
    private readonly FluxDoubleBlock[] _doubles;
    private readonly FluxSingleBlock[] _singles;
    private readonly ContinuousNorm _normOut;

    public FluxTransformer(FluxConfig config, WeightSource source)
    {
        var part = ModelPart.Root(source);
        (Config, Adapter, Watch) = (config, part.Adapter, part.Watch);
        _timeText = new(part["time_text_embed"], config.Text.Pooled, config.Width, config.Guided);
        _context = new(part, "context_embedder", config.Text.Tokens, config.Width);
        _input = new(part, "x_embedder", config.Inputs, config.Width);
        _doubles = [.. Enumerable.Range(0, (int)config.DoubleBlocks).Select(n =>
            new FluxDoubleBlock(part["transformer_blocks"][$"{n}"], config))];
        _singles = [.. Enumerable.Range(0, (int)config.SingleBlocks).Select(n =>
            new FluxSingleBlock(part["single_transformer_blocks"][$"{n}"], config))];
        _normOut = new(part, "norm_out", config.Width);
        _output = new(part, "proj_out", config.Width, config.Inputs);
        source.Finish();
        Parameters = source.Taken;
    }

    public FluxConfig Config { get; }

    /// <inheritdoc />
    public string PartName => "transformer";

    /// <inheritdoc />
    public AdapterSwitch Adapter { get; }

    /// <inheritdoc />
    public OutputWatch Watch { get; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, object?> ConfigJson => Config.ToJson();

    /// <inheritdoc />
    public IEnumerable<Adaptable> AttentionLayers =>
        _doubles.SelectMany(block => block.Attentions).Concat(_singles.SelectMany(block => block.Attentions));

    /// <inheritdoc />
    public IEnumerable<Adaptable> OtherLayers => _doubles.SelectMany(block => block.Others)
        .Concat(_singles.SelectMany(block => block.Others)).Concat(_timeText.Layers).Concat([_context, _input, _normOut.Layer, _output]);

    /// <inheritdoc />
    public long LatentChannels => Config.Inputs / (FluxConfig.Pack * FluxConfig.Pack);

    /// <summary>Width and height of the latents that the model was made for. Its config does not say; the autoencoder's does.</summary>
    public long SampleSize { get; init; } = UsualSide;

    /// <inheritdoc />
    public long PatchSize => FluxConfig.Pack;

    /// <inheritdoc />
    public GuidanceKind Guidance => Config.Guided ? GuidanceKind.Embedded : GuidanceKind.None;

    /// <inheritdoc />
    public Tensor Forward(Tensor sample, Tensor timesteps, TextConditioning text, SegmentTape? tape = null)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (sample.shape[2], sample.shape[3]);
        var tokens = Forward(
            FluxPacking.Pack(sample), timesteps.to(ScalarType.Float32) / Thousand, text,
            FluxPacking.TextPlaces(text.Context.shape[1], sample.device), FluxPacking.Places(height, width, sample.device), tape);
        // The tape's own output is what the gradient is given by: unpacking it again is left to the caller's graph.
        return scope.MoveToOuter(FluxPacking.Unpack(tokens, height, width));
    }

    /// <summary>Predicts the velocity of packed tokens.</summary>
    /// <param name="tokens">[N, L, Inputs].</param>
    /// <param name="shares">[N] or [1]: shares of noise, 0 to 1.</param>
    /// <param name="text">Of N prompts.</param>
    /// <param name="textPlaces">[S, 3].</param>
    /// <param name="places">[L, 3].</param>
    /// <param name="tape">Given where activations are to be computed again in the backward pass instead of kept.</param>
    /// <returns>[N, L, Inputs].</returns>
    public Tensor Forward(
        Tensor tokens, Tensor shares, TextConditioning text, Tensor textPlaces, Tensor places, SegmentTape? tape = null)
    {
        using var scope = NewDisposeScope();
        if (text.Pooled is null)
        {
            throw new EngineException("This transformer needs pooled text embeddings.");
        }

        if (tape is not null)
        {
            (tokens, shares, text) = (tape.Keep(tokens), tape.Keep(shares), text.Kept(tape.Keep));
        }

        var (rows, length) = (tokens.shape[0], text.Context.shape[1]);
        var rotation = Rotation.Of(cat([textPlaces, places]), Config.Axes);
        if (tape is not null)
        {
            rotation = new(tape.Keep(rotation.Cosines), tape.Keep(rotation.Sines));
        }

        var time = Run(_ => [nn.functional.silu(Time(shares, text, rows))], text.Tensors)[0];
        Tensor[] streams =
        [
            Run(inputs => [Watch.Show("x_embedder", _input.Forward(inputs[0]))], tokens)[0],
            Run(inputs => [Watch.Show("context_embedder", _context.Forward(inputs[0]))], text.Context)[0],
        ];
        foreach (var block in _doubles)
        {
            streams = Run(inputs => block.Forward(inputs[0], inputs[1], inputs[2], rotation), streams[0], streams[1], time);
        }

        var x = Run(inputs => [cat([inputs[1], inputs[0]], 1)], streams)[0];
        foreach (var block in _singles)
        {
            x = Run(inputs => [block.Forward(inputs[0], inputs[1], rotation)], x, time)[0];
        }

        return scope.MoveToOuter(Run(inputs => [Last(inputs[0].narrow(1, length, inputs[0].shape[1] - length), inputs[1])], x, time)[0]);

        Tensor[] Run(Func<Tensor[], Tensor[]> segment, params Tensor[] inputs) => tape?.Run(segment, inputs) ?? segment(inputs);
    }

    private Tensor Time(Tensor shares, TextConditioning text, long rows) => _timeText.Forward(
        shares.to(ScalarType.Float32).expand(rows) * Thousand, text.Pooled!,
        text.Guidance is null ? null : text.Guidance.expand(rows) * Thousand);

    private Tensor Last(Tensor image, Tensor time) => _output.Forward(Watch.Show("norm_out", _normOut.Forward(image, time)));
}
