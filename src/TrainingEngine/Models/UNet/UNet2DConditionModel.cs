using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.UNet;

/// <summary>
/// The denoiser of Stable Diffusion 1.x, 2.x and XL, named and shaped as in diffusers, so that module paths are the keys
/// of checkpoints. Predicts noise (or v) from a noisy latent, its timestep and the text.
/// </summary>
public sealed class UNet2DConditionModel : IDenoiser
{
    private readonly TimeEmbedding _timeEmbedding;
    private readonly TimeEmbedding? _addedEmbedding;
    private readonly Conv2d _convIn, _convOut;
    private readonly UNetLevel[] _down, _up;
    private readonly ResnetBlock _middle1, _middle2;
    private readonly Transformer2D _middleAttention;
    private readonly GroupNorm _normOut;

    public UNet2DConditionModel(UNetConfig config, WeightSource source)
    {
        var part = ModelPart.Root(source);
        var first = config.Channels[0];
        var last = config.Channels[^1];
        var timeWidth = first * 4;
        (Config, Adapter, Watch) = (config, part.Adapter, part.Watch);
        _convIn = new(part, "conv_in", config.InChannels, first, 3, padding: 1);
        _timeEmbedding = new(part["time_embedding"], first, timeWidth);
        _addedEmbedding = config.AddedInputs > 0 ? new(part["add_embedding"], config.AddedInputs, timeWidth) : null;
        _down = [.. config.Channels.Select((_, n) => UNetLevel.Down(part["down_blocks"][$"{n}"], config, n, timeWidth))];
        _middle1 = new(part["mid_block.resnets.0"], last, last, timeWidth, config.Groups, config.Epsilon);
        _middleAttention = new(part["mid_block.attentions.0"], config, last, config.Heads[^1], config.TransformerLayers[^1]);
        _middle2 = new(part["mid_block.resnets.1"], last, last, timeWidth, config.Groups, config.Epsilon);
        _up = [.. config.Channels.Select((_, n) => UNetLevel.Up(part["up_blocks"][$"{n}"], config, n, timeWidth))];
        _normOut = new(part, "conv_norm_out", config.Groups, first, config.Epsilon);
        _convOut = new(part, "conv_out", first, config.OutChannels, 3, padding: 1);
        source.Finish();
        Parameters = source.Taken;
    }

    public UNetConfig Config { get; }

    /// <inheritdoc />
    public string PartName => "unet";

    /// <inheritdoc />
    public IReadOnlyDictionary<string, object?> ConfigJson => Config.ToJson();

    /// <inheritdoc />
    public long LatentChannels => Config.InChannels;

    /// <inheritdoc />
    public long SampleSize => Config.SampleSize;

    /// <inheritdoc />
    public long PatchSize => 1;

    /// <inheritdoc />
    public GuidanceKind Guidance => GuidanceKind.TwoBranches;

    /// <summary>Switches every layer's adapter off and on together.</summary>
    public AdapterSwitch Adapter { get; }

    /// <summary>Shows the outputs of the model's parts.</summary>
    public OutputWatch Watch { get; }

    /// <summary>Every weight by its key in checkpoints.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>Queries, keys, values and outputs of all attentions: what LoRA adapts by default.</summary>
    public IEnumerable<Adaptable> AttentionLayers =>
        _down.Concat(_up).SelectMany(level => level.Attentions).Concat(_middleAttention.Attentions);

    /// <summary>Every other matrix and convolution but those of input, output and time embedding.</summary>
    public IEnumerable<Adaptable> OtherLayers =>
        _down.Concat(_up).SelectMany(level => level.Others).Concat(_middleAttention.Others).Concat(_middle1.Layers).Concat(_middle2.Layers);

    /// <summary>Every layer that can carry an adapter.</summary>
    public IEnumerable<Adaptable> AdaptableLayers =>
        AttentionLayers.Concat(OtherLayers).Concat([_convIn, _convOut]).Concat(_timeEmbedding.Layers).Concat(_addedEmbedding?.Layers ?? []);

    /// <summary>Predicts the noise (or v) of noisy latents.</summary>
    /// <param name="sample">[N, InChannels, H, W].</param>
    /// <param name="timesteps">[N] or [1], whole numbers.</param>
    /// <param name="text">Of N prompts.</param>
    /// <param name="tape">Given where activations are to be computed again in the backward pass instead of kept.</param>
    /// <returns>[N, OutChannels, H, W].</returns>
    public Tensor Forward(Tensor sample, Tensor timesteps, TextConditioning text, SegmentTape? tape = null)
    {
        using var scope = NewDisposeScope();
        if (tape is not null)
        {
            (sample, timesteps, text) = (tape.Keep(sample), tape.Keep(timesteps), text.Kept(tape.Keep));
        }

        var context = text.Context;
        var time = Run(_ => [nn.functional.silu(Time(sample, timesteps, text))], text.Tensors)[0];
        var x = Run(inputs => [_convIn.Forward(inputs[0])], sample)[0];
        Watch.Show("conv_in", x);
        var skips = new Stack<Tensor>();
        skips.Push(x);
        for (var n = 0; n < _down.Length; n++)
        {
            var level = _down[n];
            var kept = Run(inputs => level.GoDown(inputs[0], inputs[1], inputs[2]), x, time, context);
            foreach (var skip in kept)
            {
                skips.Push(skip);
            }

            x = kept[^1];
            Watch.Show($"down_blocks.{n}", x);
        }
        x = Run(inputs => [_middle2.Forward(_middleAttention.Forward(_middle1.Forward(inputs[0], inputs[1]), inputs[2]), inputs[1])], x,
            time, context)[0];
        Watch.Show("mid_block", x);
        for (var n = 0; n < _up.Length; n++)
        {
            var level = _up[n];
            var own = Enumerable.Range(0, level.Resnets).Select(_ => skips.Pop()).ToArray();
            var next = skips.TryPeek(out var above) ? (above.shape[2], above.shape[3]) : (x.shape[2], x.shape[3]);
            x = Run(inputs => [level.GoUp(inputs[0], inputs[1], inputs[2], inputs.AsSpan(3), next)], [x, time, context, .. own])[0];
            Watch.Show($"up_blocks.{n}", x);
        }
        return scope.MoveToOuter(Run(inputs => [_convOut.Forward(nn.functional.silu(_normOut.Forward(inputs[0])))], x)[0]);

        Tensor[] Run(Func<Tensor[], Tensor[]> segment, params Tensor[] inputs) => tape?.Run(segment, inputs) ?? segment(inputs);
    }

    private Tensor Time(Tensor sample, Tensor timesteps, TextConditioning text)
    {
        var waves = TimeEmbedding.Waves(timesteps.expand(sample.shape[0]), Config.Channels[0]);
        Watch.Show("time_proj", waves);
        var time = Watch.Show("time_embedding", _timeEmbedding.Forward(waves.to(sample.dtype)));
        if (_addedEmbedding is null)
        {
            return time;
        }

        if (text.Pooled is null || text.TimeIds is null)
        {
            throw new EngineException("This U-Net is of the XL type and needs pooled text embeddings and time ids.");
        }

        var sizes = TimeEmbedding.Waves(text.TimeIds.reshape(-1), Config.AddedTimeWidth).reshape(text.TimeIds.shape[0], -1);
        var added =
            Watch.Show("add_embedding", _addedEmbedding.Forward(cat([text.Pooled, sizes.to(text.Pooled.dtype)], -1).to(sample.dtype)));
        return time + added;
    }
}
