using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>Two convolutions beside a shortcut; in a U-Net the time embedding is added between them.</summary>
/// <param name="timeWidth">Width of the time embedding, or 0 for none (autoencoder).</param>
public sealed class ResnetBlock(ModelPart part, long inputs, long outputs, long timeWidth, long groups, double epsilon)
{
    private readonly GroupNorm _norm1 = new(part, "norm1", groups, inputs, epsilon);
    private readonly Conv2d _conv1 = new(part, "conv1", inputs, outputs, 3, padding: 1);
    private readonly Linear? _timeProjection = timeWidth > 0 ? new(part, "time_emb_proj", timeWidth, outputs) : null;
    private readonly GroupNorm _norm2 = new(part, "norm2", groups, outputs, epsilon);
    private readonly Conv2d _conv2 = new(part, "conv2", outputs, outputs, 3, padding: 1);
    private readonly Conv2d? _shortcut = inputs != outputs ? new(part, "conv_shortcut", inputs, outputs, 1) : null;

    public IEnumerable<Adaptable> Layers => new Adaptable?[] { _conv1, _timeProjection, _conv2, _shortcut }.OfType<Adaptable>();

    /// <param name="x">[N, inputs, H, W].</param>
    /// <param name="time">[N, timeWidth], already through its activation.</param>
    /// <returns>[N, outputs, H, W].</returns>
    public Tensor Forward(Tensor x, Tensor? time = null)
    {
        using var scope = NewDisposeScope();
        var y = _conv1.Forward(nn.functional.silu(_norm1.Forward(x)));
        if (_timeProjection is not null)
        {
            y = y + _timeProjection.Forward(time!).unsqueeze(-1).unsqueeze(-1);
        }

        y = _conv2.Forward(nn.functional.silu(_norm2.Forward(y)));
        return scope.MoveToOuter(part.Watch.Show(part.Path, (_shortcut?.Forward(x) ?? x) + y));
    }
}
