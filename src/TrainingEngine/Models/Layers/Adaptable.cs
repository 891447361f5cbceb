using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>
/// A low-rank branch beside a layer (LoRA, arXiv 2106.09685): y = W x + scale · up(down(x)).
/// Linear: down [rank, in], up [out, rank]. Convolution: down [rank, in, k, k], up [out, rank, 1, 1].
/// </summary>
public sealed record LoraBranch(Tensor Down, Tensor Up, double Scale);

/// <summary>A layer with a matrix that can carry a <see cref="LoraBranch"/>. Its path is its key in checkpoints, without
/// <c>.weight</c>.</summary>
public abstract class Adaptable(string path, Tensor weight, AdapterSwitch adapter)
{
    public string Path { get; } = path;

    /// <summary>[out, in] or [out, in, k, k].</summary>
    public Tensor Weight { get; } = weight;

    public LoraBranch? Lora { get; set; }

    /// <summary>The branch, where there is one and the model's adapter is on.</summary>
    protected LoraBranch? Active => adapter.On ? Lora : null;
}
