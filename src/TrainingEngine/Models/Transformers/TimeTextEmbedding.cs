using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>The time, the pooled text and, in distilled models, the guidance scale, as one vector.</summary>
internal sealed class TimeTextEmbedding
{
    private const long Waves = 256;
    private readonly ModelPart _part;
    private readonly TimeEmbedding _time, _text;
    private readonly TimeEmbedding? _guidance;

    /// <param name="part">Its place.</param>
    /// <param name="pooled">Width of the pooled text.</param>
    /// <param name="width">Width of the result.</param>
    /// <param name="guided">Whether the guidance scale is among the inputs.</param>
    public TimeTextEmbedding(ModelPart part, long pooled, long width, bool guided)
    {
        _part = part;
        _time = new(part["timestep_embedder"], Waves, width);
        _guidance = guided ? new(part["guidance_embedder"], Waves, width) : null;
        _text = new(part["text_embedder"], pooled, width);
    }

    public IEnumerable<Adaptable> Layers => _time.Layers.Concat(_guidance?.Layers ?? []).Concat(_text.Layers);

    /// <param name="times">[N], 0 to 1000.</param>
    /// <param name="pooled">[N, pooled].</param>
    /// <param name="guidance">[N], a thousand times the scale, where it is among the inputs.</param>
    /// <returns>[N, width], not yet through its activation.</returns>
    public Tensor Forward(Tensor times, Tensor pooled, Tensor? guidance)
    {
        using var scope = NewDisposeScope();
        var waves = TimeEmbedding.Waves(times, Waves);
        _part.Watch.Show("time_proj", waves);
        var sum = Shown("timestep_embedder", _time.Forward(waves.to(pooled.dtype)));
        if (_guidance is not null)
        {
            sum = sum + Shown("guidance_embedder", _guidance.Forward(TimeEmbedding.Waves(guidance
                ?? throw new EngineException("This model was distilled with guidance and needs the guidance scale."), Waves)
                    .to(pooled.dtype)));
        }

        return scope.MoveToOuter(_part.Watch.Show(_part.Path, sum + Shown("text_embedder", _text.Forward(pooled))));
    }

    private Tensor Shown(string name, Tensor output) => _part.Watch.Show(name, output);
}
