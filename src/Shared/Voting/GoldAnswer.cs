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
        (ChoiceVerdict right, ChoiceVerdict said) => right.Name == said.Name,
        _ => false,
    };
}
