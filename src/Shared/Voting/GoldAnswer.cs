namespace Labeler.Shared.Voting;

/// <summary>Does a verdict say the same as the known right answer?</summary>
public static class GoldAnswer
{
    private const int LongestNote = 500;

    /// <exception cref="LabelerException">The note is too long.</exception>
    public static string? Note(string? text)
    {
        var note = text?.Trim() ?? "";
        LabelerException.ThrowIf(note.Length > LongestNote, $"A note has at most {LongestNote} characters.");
        return note.Length == 0 ? null : note;
    }

    public static bool IsRight(Verdict answer, Verdict given) => (answer, given) switch
    {
        (FlagVerdict right, FlagVerdict said) =>
            right.Tiles.All(
                tile => said.Tiles.FirstOrDefault(t => t.Index == tile.Index) is not { Displayed: true } seen || seen.Flags == tile.Flags),
        (PairVerdict right, PairVerdict said) =>
            right.FirstWins == said.FirstWins && (right.FirstWins is not null || right.Pick == said.Pick),
        (RankVerdict right, RankVerdict said) => IsAlike(right, said),
        (ChoiceVerdict right, ChoiceVerdict said) => right.Name == said.Name,
        _ => false,
    };

    // Nobody repeats a whole order of 7. Of the pairs that the answer puts in order at least three of four must be in the same order
    // (Kendall's tau 0.5), which of 7 images one chance order in fifteen has.
    private static bool IsAlike(RankVerdict right, RankVerdict said)
    {
        var pairs = Ranking.Comparisons(right).Zip(Ranking.Comparisons(said)).Where(pair => pair.First.Better != 0).ToList();
        return pairs.Count == 0 ? said.Order.Count == 1
            : 4 * pairs.Count(pair => pair.First.Better == pair.Second.Better) >= 3 * pairs.Count;
    }
}
