using System.Buffers.Binary;
using System.Text.Json;
using Labeler.Shared.Statistics;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Rewards;

/// <summary>How often a reward model was right about pairs that it had not learned from. Kept in the model's file, under
/// <see cref="Key"/> of its metadata.</summary>
/// <param name="Votes">Held-out groups of prompts that it has learned about.</param>
/// <param name="NewPrompts">Pairs of prompts that were held out in turn, judged by models that had learned from all the others; null
/// where it cannot know new prompts.</param>
/// <param name="Curve">Models that learned from growing parts of the same pairs, all measured on <paramref name="Votes"/>; the last is
/// the model itself.</param>
/// <param name="Doubling">What twice as many pairs brought; null where there are too few points.</param>
public sealed record LearningFigures(
    CountedPairs Votes, CountedPairs? NewPrompts, IReadOnlyList<LearningPoint> Curve, GainOfDoubling? Doubling)
{
    /// <summary>The name of the entry in the file's metadata.</summary>
    public const string Key = "figures";

    private const int LargestHeader = 1 << 24;

    /// <summary>May it judge pictures of prompts that it has not learned about, by the lower end of the interval?</summary>
    public bool KnowsNewPrompts => NewPrompts is { } prompts && prompts.Share.Low > 0.5;

    /// <summary>What a reward's file says; null where it says nothing of that or is not there.</summary>
    public static async Task<LearningFigures?> Of(FileStore files, LearnedReward reward, CancellationToken cancel = default)
    {
        if (!await files.Has(reward.WeightsHash, cancel))
        {
            return null;
        }
        await using var file = await files.OpenRead(reward.WeightsHash, cancel);
        return Read(file);
    }

    /// <summary>See <see cref="KnowsNewPrompts"/>; false for files of older versions.</summary>
    internal static async Task<bool> KnowNewPrompts(FileStore files, LearnedReward reward, CancellationToken cancel) =>
        await Of(files, reward, cancel) is { KnowsNewPrompts: true };

    /// <summary>What a model's file says.</summary>
    /// <param name="file">From its beginning.</param>
    /// <returns>Null where it says nothing of that, as files of older versions.</returns>
    public static LearningFigures? Read(Stream file)
    {
        Span<byte> length = stackalloc byte[8];
        if (file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length
            || BinaryPrimitives.ReadInt64LittleEndian(length) is not (> 0 and <= LargestHeader and var size))
        {
            return null;
        }
        var header = new byte[size];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            return null;
        }
        using var json = JsonDocument.Parse(header);
        return json.RootElement.TryGetProperty("__metadata__", out var metadata) && metadata.TryGetProperty(Key, out var figures)
            ? JsonText.Read<LearningFigures>(figures.GetString()!) : null;
    }
}

/// <summary>Pairs whose winner got the higher reward.</summary>
/// <param name="Independent">As many independent pairs would vary as much; see <see cref="Cluster.Share"/>.</param>
public sealed record CountedPairs(int Right, int Of, double Independent)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public Proportion Share => Proportion.Wilson(Right, Of, Independent);

    public static CountedPairs From(Proportion share) => new((int)share.Count, (int)share.Of, share.Independent);
}

/// <summary>A model that learned from a part of the pairs.</summary>
public sealed record LearningPoint(int Groups, int Pairs, CountedPairs Right);

/// <summary>What a model that learned from twice as many pairs was right about more often, as a share, with its 95 % interval over
/// groups; on average over the last two doublings.</summary>
public sealed record GainOfDoubling(double Mean, double Low, double High);
