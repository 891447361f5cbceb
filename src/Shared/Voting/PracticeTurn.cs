namespace Labeler.Shared.Voting;

/// <summary>Where a person's practice stands, and what is asked next.</summary>
/// <param name="Item">With its group and images; null when nothing is asked.</param>
/// <param name="Answered">Items of this try that are answered.</param>
/// <param name="Of">Items of a try.</param>
/// <param name="Right">Answered rightly so far.</param>
/// <param name="Needed">Right answers that pass.</param>
/// <param name="TriesLeft">Tries that are not ended yet.</param>
public sealed record PracticeTurn(PracticeState State, Item? Item, int Answered, int Of, int Right, int Needed, int TriesLeft);

public enum PracticeState
{
    /// <summary>There is an item to answer.</summary>
    Open,

    /// <summary>The project has fewer items with a known answer than the practice asks for.</summary>
    Missing,

    /// <summary>Not passed; it can be tried again.</summary>
    Failed,

    /// <summary>Not passed, and no try is left.</summary>
    Over,

    /// <summary>Votes of this person count.</summary>
    Passed,
}

/// <summary>What a person is told after an answer.</summary>
/// <param name="Gold">The right answer.</param>
/// <param name="Note">Why it is right; null where nobody has said.</param>
/// <param name="Turn">Where the practice stands now.</param>
public sealed record PracticeFeedback(bool IsRight, Verdict Gold, string? Note, PracticeTurn Turn);
