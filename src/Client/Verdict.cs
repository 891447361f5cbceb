using System.Text.Json.Serialization;

namespace Labeler.Client;

/// <summary>
/// A judgment: one of the five below. By hand, since the description says by <c>anyOf</c> that they belong together, and of that
/// generators make no base class.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(VerdictFlagVerdict), "flags")]
[JsonDerivedType(typeof(VerdictPairVerdict), "pair")]
[JsonDerivedType(typeof(VerdictChoiceVerdict), "choice")]
[JsonDerivedType(typeof(VerdictRankVerdict), "ranking")]
[JsonDerivedType(typeof(VerdictSkipVerdict), "skip")]
public class Verdict;

/// <summary>Which pictures of a group have something wrong; one tile for each picture.</summary>
public sealed class VerdictFlagVerdict : Verdict
{
    [JsonPropertyName("tiles")]
    public required IReadOnlyList<TileVerdict> Tiles { get; init; }
}

/// <summary>Which of two pictures is better.</summary>
public sealed class VerdictPairVerdict : Verdict
{
    [JsonPropertyName("pick"), JsonConverter(typeof(JsonStringEnumConverter<PairPick>))]
    public required PairPick Pick { get; init; }

    /// <summary>Whether the group's first picture stood on the left; the server knows, and puts its own answer here.</summary>
    [JsonPropertyName("firstOnLeft")]
    public bool FirstOnLeft { get; init; } = true;

    [JsonPropertyName("displayed")]
    public bool Displayed { get; init; } = true;

    [JsonPropertyName("unblurred")]
    public bool Unblurred { get; init; } = true;
}

/// <summary>A category or a score, by its name.</summary>
public sealed class VerdictChoiceVerdict : Verdict
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("displayed")]
    public bool Displayed { get; init; } = true;

    [JsonPropertyName("unblurred")]
    public bool Unblurred { get; init; } = true;
}

/// <summary>The pictures' indices, best first; those that are level stand together.</summary>
public sealed class VerdictRankVerdict : Verdict
{
    [JsonPropertyName("order")]
    public required IReadOnlyList<IReadOnlyList<int>> Order { get; init; }

    [JsonPropertyName("displayed")]
    public bool Displayed { get; init; } = true;

    [JsonPropertyName("unblurred")]
    public bool Unblurred { get; init; } = true;
}

/// <summary>No judgment, and why.</summary>
public sealed class VerdictSkipVerdict : Verdict
{
    [JsonPropertyName("reason")]
    public required string Reason { get; init; }
}
