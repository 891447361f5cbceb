using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>How much the votes on a prompt's pictures have taught lately, for projects that hand out first what promises most.</summary>
internal static class PromptPriority
{
    private const int Remembered = 2_000;
    private const int Levels = 100;

    // A prompt without votes stands in the middle, as if it had had so many that gave half of the signal.
    private const int Assumed = 2;

    /// <summary>Ranks that items of a new group stand behind: 0 where the prompt's votes gave all the signal they could.</summary>
    /// <param name="itemsInEpoch">More than the epoch will have.</param>
    public static async Task<int> Behind(LabelerDb db, Project project, string prompt, int itemsInEpoch, CancellationToken cancel)
    {
        var votes = await db.Votes.AsNoTracking().Effective().Where(v => v.ProjectId == project.Id && v.Item!.Use == ItemUse.Training)
            .OrderByDescending(v => v.At).Take(Remembered).Where(v => v.Item!.Group!.Prompt == prompt)
            .Select(v => new Said(v.Seen, v.Flagged, v.Choice, v.Score)).ToListAsync(cancel);
        return (int)(Levels * (1 - Mean(project, votes))) * itemsInEpoch;
    }

    /// <summary>What the votes on each prompt's pictures taught in the last epochs that have votes, 0 to 1; null where none have.</summary>
    /// <param name="epoch">Number of the epoch before which they were.</param>
    /// <param name="epochs">How many of them are looked at.</param>
    public static async Task<IReadOnlyList<double>?> Signals(
        LabelerDb db, Project project, int epoch, int epochs, IReadOnlyList<string> prompts, CancellationToken cancel)
    {
        var training = db.Votes.AsNoTracking().Effective()
            .Where(v => v.ProjectId == project.Id && v.Item!.Use == ItemUse.Training);
        var before = await db.Epochs.Where(e => e.ProjectId == project.Id && e.Number < epoch && training.Any(v => v.EpochId == e.Id))
            .OrderByDescending(e => e.Number).Take(epochs).Select(e => e.Id).ToListAsync(cancel);
        if (before.Count == 0)
        {
            return null;
        }
        var votes = (await training.Where(v => before.Contains(v.EpochId))
            .Select(v => new { v.Item!.Group!.Prompt, Said = new Said(v.Seen, v.Flagged, v.Choice, v.Score) }).ToListAsync(cancel))
            .ToLookup(v => v.Prompt, v => v.Said);
        return [.. prompts.Select(prompt => Mean(project, [.. votes[prompt]]))];
    }

    private static double Mean(Project project, List<Said> votes)
    {
        var signal = project.Task == LabelingTask.Score
            ? Spread([.. votes.Select(v => v.Score).OfType<double>()], project.Settings.Choices) * votes.Count : votes.Sum(Signal);
        return (signal + Assumed / 2.0) / (votes.Count + Assumed);
    }

    /// <summary>Usable pairs of one vote against the most there could be.</summary>
    private static double Signal(Said vote) => vote.Choice switch
    {
        "first" or "second" => 1,
        null when vote is { Seen: > 1, Score: { } pairs } => pairs / Ranking.PairsOf(vote.Seen),
        null when vote.Seen > 1 => (double)vote.Flagged * (vote.Seen - vote.Flagged) / (vote.Seen / 2 * ((vote.Seen + 1) / 2)),
        _ => 0,
    };

    // Scores that differ make pairs: their variance against the largest that the scale allows.
    private static double Spread(List<double> scores, IReadOnlyList<Choice> scale)
    {
        var range = scale.Count == 0 ? 0 : scale.Max(c => c.Value ?? 0) - scale.Min(c => c.Value ?? 0);
        if (scores.Count == 0 || range == 0)
        {
            return 0;
        }
        var mean = scores.Average();
        return scores.Average(s => (s - mean) * (s - mean)) / (range * range / 4);
    }

    private sealed record Said(int Seen, int Flagged, string? Choice, double? Score);
}
