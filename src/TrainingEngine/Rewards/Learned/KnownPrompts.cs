using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>What a reward network is told of prompts: of those that it has learned about, and of new ones by the same text
/// encoder.</summary>
/// <param name="rows">Features of each prompt that was learned about, in the order of the file.</param>
/// <param name="figures">Null where it was never measured on new prompts.</param>
/// <param name="encoder">Loads the model whose text encoder gave the features; null where no texts were learned from.</param>
internal sealed class KnownPrompts(
    IReadOnlyList<(string Prompt, float[] Features)> rows, Shared.Rewards.LearningFigures? figures, Func<StableDiffusion>? encoder)
{
    // Devices and precisions differ in the last digits; another encoder differs in the first.
    private const double Alike = 0.999;
    private readonly Dictionary<string, float[]> _rows = rows.ToDictionary(row => row.Prompt, row => row.Features);

    /// <summary>Prompts that were learned about.</summary>
    public IReadOnlyList<string> Learned { get; } = [.. rows.Select(row => row.Prompt)];

    /// <summary>[P, features], in their order.</summary>
    public Tensor Table => cat([.. Learned.Select(prompt => tensor(_rows[prompt]).unsqueeze(0))], 0);

    /// <summary>[n, features].</summary>
    /// <exception cref="EngineException">One of them is new, and the network may be guessing about new ones; or the text encoder is another
    /// than it was.</exception>
    public Tensor Of(IReadOnlyList<string> prompts)
    {
        string[] unknown = [.. prompts.Where(prompt => !_rows.ContainsKey(prompt)).Distinct()];
        if (unknown.Length > 0)
        {
            Encode(unknown);
        }
        using var scope = NewDisposeScope();
        return stack([.. prompts.Select(prompt => tensor(_rows[prompt]))], 0).MoveToOuterDisposeScope();
    }

    private void Encode(string[] unknown)
    {
        if (encoder is null || figures is not { KnowsNewPrompts: true })
        {
            throw new EngineException(
                $"the reward model has learned nothing about the prompt '{unknown[0]}'; it knows {Learned.Count} prompts"
                    + (figures?.NewPrompts is { } right
                        ? $", and about prompts that were held out it was right on {RewardModel.Told(right.Share)} pairs, which may be "
                            + "guessing"
                        : ""));
        }
        using var scope = NewDisposeScope();
        var features = PromptFeatures.Of(encoder(), [Learned[0], .. unknown]);
        var first = tensor(_rows[Learned[0]]);
        if (features.shape[1] != first.shape[0]
            || nn.functional.cosine_similarity(features[0].unsqueeze(0), first.unsqueeze(0)).item<float>() < Alike)
        {
            throw new EngineException("the model's text encoder is another than the reward model has learned with; learn the reward again");
        }
        foreach (var (prompt, row) in unknown.Select((prompt, n) => (prompt, n + 1)))
        {
            _rows[prompt] = features[row].data<float>().ToArray();
        }
    }
}
