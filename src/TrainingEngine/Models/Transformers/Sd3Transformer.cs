using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>
/// The denoiser of Stable Diffusion 3 and 3.5 (MMDiT, arXiv 2403.03206), named and shaped as in diffusers. Predicts the
/// velocity, noise − image, from a noisy latent, its share of noise and the text.
/// </summary>
public sealed class Sd3Transformer : IDenoiser
{
    private readonly PatchEmbedding _patches;
    private readonly TimeTextEmbedding _timeText;
    private readonly Linear _context, _output;
    private readonly Sd3Block[] _blocks;
    private readonly ContinuousNorm _normOut;

    public Sd3Transformer(Sd3Config config, WeightSource source)
    {
        var part = ModelPart.Root(source);
        (Config, Adapter, Watch) = (config, part.Adapter, part.Watch);
        _patches = new(part["pos_embed"], config);
        _timeText = new(part["time_text_embed"], config.Text.Pooled, config.Width, guided: false);
        _context = new(part, "context_embedder", config.Text.Tokens, config.Width);
        _blocks = [.. Enumerable.Range(0, (int)config.Layers).Select(n =>
            new Sd3Block(part["transformer_blocks"][$"{n}"], config, config.Dual.Contains(n), n == config.Layers - 1))];
        _normOut = new(part, "norm_out", config.Width);
        _output = new(part, "proj_out", config.Width, config.PatchSize * config.PatchSize * config.Channels);
        source.Finish();
        Parameters = source.Taken;
    }

    public Sd3Config Config { get; }

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
    public IEnumerable<Adaptable> AttentionLayers => _blocks.SelectMany(block => block.Attentions);

    /// <inheritdoc />
    public IEnumerable<Adaptable> OtherLayers =>
        _blocks.SelectMany(block => block.Others).Concat(_timeText.Layers).Concat([_context, _normOut.Layer, _output, _patches.Layer]);

    /// <inheritdoc />
    public long LatentChannels => Config.Channels;

    /// <inheritdoc />
    public long SampleSize => Config.SampleSize;

    /// <inheritdoc />
    public long PatchSize => Config.PatchSize;

    /// <inheritdoc />
    public GuidanceKind Guidance => GuidanceKind.TwoBranches;

    /// <inheritdoc />
    public Tensor Forward(Tensor sample, Tensor timesteps, TextConditioning text, SegmentTape? tape = null)
    {
        using var scope = NewDisposeScope();
        if (text.Pooled is null)
        {
            throw new EngineException("This transformer needs pooled text embeddings.");
        }

        if (tape is not null)
        {
            (sample, timesteps, text) = (tape.Keep(sample), tape.Keep(timesteps), text.Kept(tape.Keep));
        }

        var (height, width, rows) = (sample.shape[2], sample.shape[3], sample.shape[0]);
        var time = Run(_ => [nn.functional.silu(_timeText.Forward(timesteps.expand(rows), text.Pooled!, null))], text.Tensors)[0];
        Tensor[] streams =
        [
            Run(inputs => [_patches.Forward(inputs[0])], sample)[0],
            Run(inputs => [Watch.Show("context_embedder", _context.Forward(inputs[0]))], text.Context)[0],
        ];
        foreach (var block in _blocks)
        {
            streams = Run(inputs => block.Forward(inputs[0], inputs[1], inputs[2]), streams[0], streams[1], time);
        }

        return scope.MoveToOuter(Run(inputs => [Pixels(inputs[0], inputs[1], height, width)], streams[0], time)[0]);

        Tensor[] Run(Func<Tensor[], Tensor[]> segment, params Tensor[] inputs) => tape?.Run(segment, inputs) ?? segment(inputs);
    }

    /// <summary>Tokens to latents: every token is a square of p × p elements of all channels.</summary>
    private Tensor Pixels(Tensor tokens, Tensor time, long height, long width)
    {
        var p = Config.PatchSize;
        var last = Watch.Show("norm_out", _normOut.Forward(tokens, time));
        return Watch.Show("proj_out", _output.Forward(last)).view(tokens.shape[0], height / p, width / p, p, p, Config.Channels)
            .permute(0, 5, 1, 3, 2, 4).reshape(tokens.shape[0], Config.Channels, height, width);
    }
}
