using System.Text.Json.Serialization;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>What a person said about one item. As JSON it carries its <c>kind</c>: flags, pair, choice, ranking or skip.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(FlagVerdict), "flags")]
[JsonDerivedType(typeof(PairVerdict), "pair")]
[JsonDerivedType(typeof(ChoiceVerdict), "choice")]
[JsonDerivedType(typeof(RankVerdict), "ranking")]
[JsonDerivedType(typeof(SkipVerdict), "skip")]
public abstract record Verdict;

/// <summary>A verdict for every image of a group.</summary>
public sealed record FlagVerdict(IReadOnlyList<TileVerdict> Tiles) : Verdict;

/// <param name="Index">The image's place in its group, from 0.</param>
/// <param name="Displayed">Was it really on the screen? What was not can never count as normal.</param>
/// <param name="Unblurred">Was it seen without blur? True in projects that do not blur.</param>
public sealed record TileVerdict(int Index, FlagKinds Flags, bool Displayed, bool Unblurred);

/// <param name="FirstOnLeft">The side as drawn; the server sets it from the lease.</param>
public sealed record PairVerdict(PairPick Pick, bool FirstOnLeft, bool Displayed, bool Unblurred) : Verdict
{
    /// <summary>Did the item's first image win? Null for a tie or both bad.</summary>
    [JsonIgnore]
    public bool? FirstWins => Pick switch
    {
        PairPick.Left => FirstOnLeft,
        PairPick.Right => !FirstOnLeft,
        _ => null,
    };
}

public enum PairPick { Left, Right, Tie, BothBad }

/// <param name="Name">The name of one of the project's options (categorise and score).</param>
public sealed record ChoiceVerdict(string Name, bool Displayed, bool Unblurred) : Verdict;

/// <summary>All images of a group from the best to the worst.</summary>
/// <param name="Order">Places from the best on; each holds the index of its image, or of several that are tied.</param>
public sealed record RankVerdict(IReadOnlyList<IReadOnlyList<int>> Order, bool Displayed, bool Unblurred) : Verdict;

/// <summary>"Not sure": counts as seen by this person, teaches nothing.</summary>
public sealed record SkipVerdict(string Reason) : Verdict;

/// <summary>Which tiles count as seen.</summary>
public static class Tiles
{
    /// <summary>A tile that was not displayed says nothing. One left blurred says nothing either, unless it was flagged all the
    /// same.</summary>
    public static bool WasSeen(this TileVerdict tile, ProjectSettings settings) =>
        tile.Displayed && (!settings.Blurred || tile.Unblurred || tile.Flags != FlagKinds.None);
}
