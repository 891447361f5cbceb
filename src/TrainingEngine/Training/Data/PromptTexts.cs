using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>What the U-Net is told of an epoch's prompts: every text is encoded once and kept.</summary>
public sealed class PromptTexts(StableDiffusion model) : IDisposable
{
    private readonly Dictionary<(string Text, int Width, int Height), TextConditioning> _texts = [];

    /// <summary>Encodes a trajectory's prompt and what its guidance led away from.</summary>
    public void Add(TrajectoryOrigin origin)
    {
        using var untracked = no_grad();
        foreach (var key in new[] { Key(origin.Prompt, origin), Key(origin.Negative, origin) })
        {
            if (!_texts.ContainsKey(key))
            {
                _texts[key] = model.Encode([key.Text], (key.Width, key.Height));
                foreach (var tensor in Tensors(_texts[key]))
                {
                    tensor.DetachFromDisposeScope();
                }
            }
        }
    }

    /// <summary>What the U-Net is told of the prompt, one row.</summary>
    public TextConditioning Prompt(TrajectoryOrigin origin) => _texts[Key(origin.Prompt, origin)];

    /// <summary>What it is told of what guidance leads away from, one row.</summary>
    public TextConditioning Negative(TrajectoryOrigin origin) => _texts[Key(origin.Negative, origin)];

    public void Dispose()
    {
        foreach (var tensor in _texts.Values.SelectMany(Tensors))
        {
            tensor.Dispose();
        }
    }

    private static (string Text, int Width, int Height) Key(string text, TrajectoryOrigin origin) => (text, origin.Width, origin.Height);

    private static IEnumerable<Tensor> Tensors(TextConditioning text) => new[] { text.Context, text.Pooled, text.TimeIds }.OfType<Tensor>();
}
