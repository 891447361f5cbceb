using System.Text.Json;
using System.Text.Json.Serialization;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Training;

/// <summary>
/// Exactly what one training run learns from. Its canonical JSON (properties in this order, no spaces, groups by number) is kept in the
/// file store; the hash of those bytes names it, so the same votes always give the same hash.
/// </summary>
public sealed record Manifest(
    int Version,
    string Project,
    int Epoch,
    string Model,
    string? Reference,
    string Algorithm,
    SamplingSettings Sampling,
    TrainingOptions Training,
    IReadOnlyList<ManifestGroup> Groups)
{
    /// <summary>2 has pairs across groups and judgements of images alone, 3 scores of a reward; what an earlier one can say is written as
    /// before.</summary>
    public const int CurrentVersion = 3;

    private const int FirstVersion = 1;

    /// <summary>Content hash of the learned reward that judges the groups' images, which have no preferences then; null where people
    /// judged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reward { get; init; }

    /// <summary>Content hash of the optimizer that training goes on with; null where it begins with a new one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Optimizer { get; init; }

    /// <summary>The reward whose scores the groups hold; null where people alone judged, or a learned reward is asked while
    /// training.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestTeacher? Teacher { get; init; }

    /// <summary>Groups that were judged and teach nothing, and which training holds where they are; null where it does not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ManifestGroup>? Held { get; init; }

    private static readonly JsonSerializerOptions Canonical = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Canonical);

    public string Hash() => ContentHash.Of(ToBytes());

    /// <exception cref="LabelerException">It is not a manifest of this version or an earlier one.</exception>
    public static Manifest Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<Manifest>(bytes, Canonical);
            return manifest?.Version is >= FirstVersion and <= CurrentVersion ? manifest
                : throw new LabelerException("The training manifest has another version: train the epoch again.");
        }
        catch (JsonException error)
        {
            throw new LabelerException("The training manifest cannot be read: train the epoch again.", error);
        }
    }
}

/// <param name="Trajectory">Content hash of the trajectory file.</param>
/// <param name="Images">Content hashes in the trajectory's order.</param>
/// <param name="Votes">Ids of the votes that the preferences follow from.</param>
public sealed record ManifestGroup(
    long Id, string Prompt, long Seed, string? Trajectory, IReadOnlyList<string> Images, IReadOnlyList<ManifestPreference> Preferences,
        IReadOnlyList<long> Votes)
{
    /// <summary>Its images that were judged good or bad, where those are learned from.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ManifestVerdict>? Verdicts { get; init; }

    /// <summary>What the teacher says of its images, in their order; null in the place of an image without a score.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double?>? Scores { get; init; }
}

/// <summary>A reward that teaches, alone or beside votes.</summary>
/// <param name="Id">Of the reward, which never changes.</param>
/// <param name="Weight">Of its pairs, and of its scores in an image's reward.</param>
/// <param name="VotesWeight">Of people's pairs, and of what they say of an image; 0 where votes teach nothing.</param>
public sealed record ManifestTeacher(long Id, string Name, double Weight, double VotesWeight);

/// <param name="Winner">Index into the group's images.</param>
/// <param name="Loser">Index into the images of its group.</param>
public sealed record ManifestPreference(int Winner, int Loser, double Weight)
{
    /// <summary>Id of the loser's group, where that is another.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LoserGroup { get; init; }
}

/// <param name="Image">Index into the group's images.</param>
public sealed record ManifestVerdict(int Image, bool Good, double Weight);
