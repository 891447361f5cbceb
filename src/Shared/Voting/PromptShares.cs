using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>Which prompts an epoch's groups are of where those are asked most whose votes teach most.</summary>
public static class PromptShares
{
    /// <summary>What a prompt counts whose pictures were all judged alike: one day they may not be.</summary>
    public const double Least = 0.2;

    /// <summary>Epochs whose votes are looked at.</summary>
    public const int Remembered = 2;

    private const double GoldenRatio = 0.6180339887498949;

    /// <summary>The prompts of an epoch's groups, by the votes so far; null where the project lets its prompts take turns, or nobody has
    /// voted.</summary>
    /// <param name="prompts">Those that are sampled for training.</param>
    /// <returns>The prompt's place for each group.</returns>
    public static async Task<IReadOnlyList<int>?> Of(
        LabelerDb db, Project project, Epoch epoch, IReadOnlyList<string> prompts, CancellationToken cancel = default) =>
        project.Settings.SampleForSignal
        && await PromptPriority.Signals(db, project, epoch.Number, Remembered, prompts, cancel) is { } signals
            ? Of(signals, epoch.GroupsWanted, epoch.Number) : null;

    /// <summary>Shares the groups out in proportion to what the prompts' votes taught, by systematic sampling: each prompt gets the whole
    /// number below or above its share, and the epochs together its share.</summary>
    /// <param name="signal">For each prompt, 0 to 1.</param>
    /// <param name="groups">Of the epoch.</param>
    /// <param name="epoch">Its number.</param>
    /// <returns>The prompt's place for each group.</returns>
    public static int[] Of(IReadOnlyList<double> signal, int groups, int epoch)
    {
        var weights = signal.Select(one => Math.Max(Least, one)).ToList();
        var (total, start) = (weights.Sum(), epoch * GoldenRatio % 1);
        var (chosen, prompt, upTo) = (new int[groups], 0, weights[0]);
        for (var group = 0; group < groups; group++)
        {
            while ((group + start) * total / groups >= upTo && prompt < weights.Count - 1)
            {
                upTo += weights[++prompt];
            }
            chosen[group] = prompt;
        }
        return chosen;
    }
}
