using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>What the denoiser is told of prompts: every text is encoded once and kept, unless text encoders are trained; then it is
/// encoded as they are at the moment, with what gradients need, and only what T5 says of it is kept.</summary>
/// <param name="model">Its text encoders are asked.</param>
public sealed class PromptTexts(StableDiffusion model) : IDisposable
{
    private readonly Dictionary<(string Text, int Width, int Height, bool Negative), TextConditioning> _texts = [];

    /// <summary>Encodes a trajectory's prompt and what its guidance led away from.</summary>
    public void Add(TrajectoryOrigin origin)
    {
        Add(Key(origin.Prompt, origin, false));
        Add(Key(origin.Negative, origin, true));
    }

    /// <summary>Encodes a prompt for images of a size in pixels.</summary>
    public void Add(string prompt, int width, int height) => Add((prompt, width, height, false));

    /// <summary>What the denoiser is told of the prompt, one row.</summary>
    public TextConditioning Prompt(TrajectoryOrigin origin) => Of(Key(origin.Prompt, origin, false));

    /// <summary>What it is told of what guidance leads away from, one row.</summary>
    public TextConditioning Negative(TrajectoryOrigin origin) => Of(Key(origin.Negative, origin, true));

    /// <summary>What it is told of prompts for images of a size in pixels, a row each.</summary>
    public TextConditioning Rows(IEnumerable<string> prompts, int width, int height)
    {
        string[] rows = [.. prompts];
        string[] distinct = [.. rows.Distinct()];
        var told = distinct.Select(prompt => Of((prompt, width, height, false))).Aggregate((all, next) => all.Then(next));
        return distinct.Length == rows.Length ? told
            : told.At(tensor(Array.ConvertAll(rows, row => (long)Array.IndexOf(distinct, row)), device: told.Context.device));
    }

    public void Dispose()
    {
        foreach (var tensor in _texts.Values.SelectMany(text => text.Tensors))
        {
            tensor.Dispose();
        }
    }

    private static (string Text, int Width, int Height, bool Negative) Key(string text, TrajectoryOrigin origin, bool negative) =>
        (text, origin.Width, origin.Height, negative);

    private void Add((string Text, int Width, int Height, bool Negative) key)
    {
        using var untracked = no_grad();
        if (!_texts.ContainsKey(key))
        {
            _texts[key] = Encode(key, null).Kept(tensor => tensor.DetachFromDisposeScope());
        }
    }

    private TextConditioning Of((string Text, int Width, int Height, bool Negative) key) =>
        model.TrainsTexts ? Encode(key, _texts[key]) : _texts[key];

    private TextConditioning Encode((string Text, int Width, int Height, bool Negative) key, TextConditioning? known) =>
        key.Negative ? model.EncodeNegative(key.Text, (key.Width, key.Height), known)
            : model.Encode([key.Text], (key.Width, key.Height), known);
}
