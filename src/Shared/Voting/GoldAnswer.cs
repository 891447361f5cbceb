namespace Labeler.Shared.Voting;

/// <summary>Does a verdict say the same as the known right answer?</summary>
public static class GoldAnswer
{
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
