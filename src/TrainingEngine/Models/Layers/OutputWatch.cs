using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>One per model: shows the outputs of its parts to whoever compares them with another implementation's.</summary>
public sealed class OutputWatch
{
    /// <summary>Called with a part's path and output; the output may be freed as soon as the call returns.</summary>
    public Action<string, Tensor>? Seen { get; set; }

    /// <summary>Shows an output and hands it on.</summary>
    internal Tensor Show(string path, Tensor output)
    {
        Seen?.Invoke(path, output);
        return output;
    }
}
