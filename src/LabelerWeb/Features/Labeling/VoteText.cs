namespace Labeler.Web.Features.Labeling;

/// <summary>A person's own vote in words.</summary>
public static class VoteText
{
    public static string Of(Vote vote) => vote.Verdict switch
    {
        FlagVerdict flags => Count(flags),
        PairVerdict pair => pair.Pick switch { PairPick.Left => "Left", PairPick.Right => "Right", PairPick.Tie => "Tie", _ => "Both bad" },
        ChoiceVerdict choice => choice.Name,
        RankVerdict ranking => InOrder(ranking),
        SkipVerdict skip => $"Not sure: {skip.Reason}",
        _ => "",
    };

    /// <summary>A known right answer in words, for who sees a pair's first picture on the left.</summary>
    public static string Right(Verdict gold) => gold switch
    {
        FlagVerdict flags when flags.Tiles.All(tile => tile.Flags == FlagKinds.None) => "All pictures are normal.",
        FlagVerdict flags => string.Join("; ", flags.Tiles.Where(tile => tile.Flags != FlagKinds.None)
            .GroupBy(tile => tile.Flags, tile => tile.Index + 1).OrderBy(same => same.Key)
            .Select(same => $"{(same.Count() == 1 ? "Picture" : "Pictures")} {string.Join(", ", same.Order())}: "
                + string.Join(" and ", FlagNames.All(same.Key)))) + ". The rest are normal.",
        PairVerdict pair => pair.FirstWins switch
        {
            true => "The left picture is better.",
            false => "The right picture is better.",
            _ => pair.Pick == PairPick.Tie ? "A tie." : "Both are bad.",
        },
        ChoiceVerdict choice => choice.Name,
        RankVerdict ranking => $"Best first: {InOrder(ranking)}.",
        _ => "",
    };

    /// <summary>What a second person's check makes of it, after its words; nothing where none is asked for.</summary>
    public static string OfCheck(Vote vote) => vote switch
    {
        { Check: VoteCheck.Awaited } => ", waits for a second person's check",
        { Check: VoteCheck.Disputed } => ", waits for a lead: two people disagree",
        { Check: VoteCheck.Confirms } => ", confirms another person's flags",
        { ChecksId: not null } => ", a check of another person's flags",
        _ => "",
    };

    /// <summary>How a picture of the vote is marked: deformed, unsafe, chosen, unseen or nothing.</summary>
    public static string ClassOf(Verdict? verdict, int place) => verdict switch
    {
        FlagVerdict flags when flags.Tiles.FirstOrDefault(t => t.Index == place) is { } tile =>
            string.Join(' ', FlagNames.All(tile.Flags).Concat(tile.Displayed ? [] : ["unseen"])),
        RankVerdict ranking when ranking.Order[0].Contains(place) => "chosen",
        PairVerdict { Pick: PairPick.Left } when place == 0 => "chosen",
        PairVerdict { Pick: PairPick.Right } when place == 1 => "chosen",
        _ => "",
    };

    /// <summary>Pictures by their numbers, best first, as in "3, 1 = 4, 2".</summary>
    private static string InOrder(RankVerdict ranking) =>
        string.Join(", ", ranking.Order.Select(tied => string.Join(" = ", tied.Order().Select(index => index + 1))));

    private static string Count(FlagVerdict flags)
    {
        var deformed = flags.Tiles.Count(t => t.Flags.HasFlag(FlagKinds.Deformed));
        var unsafes = flags.Tiles.Count(t => t.Flags.HasFlag(FlagKinds.Unsafe));
        var parts = new[] { deformed > 0 ? $"{deformed} deformed" : null, unsafes > 0 ? $"{unsafes} unsafe" : null }.OfType<string>()
            .ToList();
        return parts.Count == 0 ? "All normal" : string.Join(", ", parts);
    }
}
