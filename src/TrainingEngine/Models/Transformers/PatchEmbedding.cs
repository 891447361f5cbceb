using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>Latents as tokens, one a square, with their places added: the middle of a stored table of positions.</summary>
internal sealed class PatchEmbedding(ModelPart part, Sd3Config config)
{
    private readonly Conv2d _projection = new(part, "proj", config.Channels, config.Width, config.PatchSize, config.PatchSize);

    private readonly Tensor _positions = part.Take("pos_embed", [1, config.PositionSide * config.PositionSide, config.Width],
        Start.Embedding);

    public Adaptable Layer => _projection;

    /// <param name="x">[N, channels, H, W].</param>
    /// <returns>[N, H/p · W/p, width].</returns>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (x.shape[2] / config.PatchSize, x.shape[3] / config.PatchSize);
        if (x.shape[2] % config.PatchSize != 0 || x.shape[3] % config.PatchSize != 0 || Math.Max(rows, columns) > config.PositionSide)
        {
            throw new EngineException($"latents of {x.shape[3]} x {x.shape[2]} are impossible: this model takes multiples of "
                + $"{config.PatchSize} up to {config.PositionSide * config.PatchSize}");
        }

        var tokens = _projection.Forward(x).flatten(2).transpose(1, 2);
        var table = _positions.view(config.PositionSide, config.PositionSide, config.Width)
            .narrow(0, (config.PositionSide - rows) / 2, rows).narrow(1, (config.PositionSide - columns) / 2, columns)
            .reshape(1, rows * columns, config.Width);
        return scope.MoveToOuter(part.Watch.Show(part.Path, tokens + table));
    }
}
