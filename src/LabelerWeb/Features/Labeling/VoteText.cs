namespace Labeler.Web.Features.Labeling;

/// <summary>A person's own vote in words.</summary>
public static class VoteText
{
    public static string Of(Vote vote, IStringLocalizer<Texts> L) => vote.Verdict switch
    {
        FlagVerdict flags => Count(flags, L),
        PairVerdict pair => pair.Pick switch
        {
            PairPick.Left => L["Left"],
            PairPick.Right => L["Right"],
            PairPick.Tie => L["Tie"],
            _ => L["Both bad"],
        },
        ChoiceVerdict choice => choice.Name,
        RankVerdict ranking => InOrder(ranking),
        SkipVerdict skip => L["Not sure: {0}", SkipReasons.Text(skip.Reason, L)],
        _ => "",
    };

    /// <inheritdoc cref="Of(Vote, IStringLocalizer{Texts})" />
    public static string Of(Vote vote) => Of(vote, EnglishTexts.Instance);

    /// <summary>A known right answer in words, for who sees a pair's first picture on the left.</summary>
    public static string Right(Verdict gold, IStringLocalizer<Texts> L) => gold switch
    {
        FlagVerdict flags when flags.Tiles.All(tile => tile.Flags == FlagKinds.None) => L["All pictures are normal."],
        FlagVerdict flags => string.Join(L["; "], flags.Tiles.Where(tile => tile.Flags != FlagKinds.None)
            .GroupBy(tile => tile.Flags, tile => tile.Index + 1).OrderBy(same => same.Key)
            .Select(same => same.Count() == 1 ? L["Picture {0}: {1}", same.Single(), Words(same.Key, L)].Value
                : L["Pictures {0}: {1}", string.Join(", ", same.Order()), Words(same.Key, L)].Value)) + L[". The rest are normal."],
        PairVerdict pair => pair.FirstWins switch
        {
            true => L["The left picture is better."],
            false => L["The right picture is better."],
            _ => pair.Pick == PairPick.Tie ? L["A tie."] : L["Both are bad."],
        },
        ChoiceVerdict choice => choice.Name,
        RankVerdict ranking => L["Best first: {0}.", InOrder(ranking)],
        _ => "",
    };

    /// <summary>What a second person's check makes of it, after its words; nothing where none is asked for.</summary>
    public static string OfCheck(Vote vote, IStringLocalizer<Texts> L) => vote switch
    {
        { Check: VoteCheck.Awaited } => L[", waits for a second person's check"],
        { Check: VoteCheck.Disputed } => L[", waits for a lead: two people disagree"],
        { Check: VoteCheck.Confirms } => L[", confirms another person's flags"],
        { ChecksId: not null } => L[", a check of another person's flags"],
        _ => "",
    };

    /// <inheritdoc cref="OfCheck(Vote, IStringLocalizer{Texts})" />
    public static string OfCheck(Vote vote) => OfCheck(vote, EnglishTexts.Instance);

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

    private static string Words(FlagKinds kinds, IStringLocalizer<Texts> L) =>
        string.Join(L[" and "], FlagNames.All(kinds).Select(flag => L[flag].Value));

    private static string Count(FlagVerdict flags, IStringLocalizer<Texts> L)
    {
        var deformed = flags.Tiles.Count(t => t.Flags.HasFlag(FlagKinds.Deformed));
        var unsafes = flags.Tiles.Count(t => t.Flags.HasFlag(FlagKinds.Unsafe));
        var parts = new[]
        {
            deformed > 0 ? L["{0} deformed", deformed].Value : null,
            unsafes > 0 ? L["{0} unsafe", unsafes].Value : null,
        }.OfType<string>().ToList();
        return parts.Count == 0 ? L["All normal"] : string.Join(L[", "], parts);
    }
}
