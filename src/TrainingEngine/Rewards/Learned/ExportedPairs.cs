using System.Text.Json;
using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>
/// Pairs as the application exports them (pairs.jsonl of an epoch, or several of these files after each other), with the
/// images of its data folder.
/// </summary>
public static class ExportedPairs
{
    private sealed record Line(long Group, string Prompt, double Weight, string WinnerImage, string LoserImage);

    /// <summary>All images that occur, and the pairs of them.</summary>
    /// <param name="list">JSON lines.</param>
    /// <param name="dataFolder">The application's data folder.</param>
    /// <exception cref="EngineException">A line is wrong or an image is not there; names the line.</exception>
    public static (IReadOnlyList<Func<Picture>> Pictures, IReadOnlyList<JudgedPair> Pairs) Read(string list, string dataFolder)
    {
        if (!Directory.Exists(new DataFolder(dataFolder).Files))
        {
            throw new EngineException($"{dataFolder} is no data folder of the application: it holds no files");
        }
        var folder = new DataFolder(dataFolder);
        var files = StoreSettings.Open(SharedSettings.Read(), folder.Files, folder.Cache);
        var (places, groups) = (new Dictionary<string, int>(), new Dictionary<(long, string), int>());
        var (pictures, pairs) = (new List<Func<Picture>>(), new List<JudgedPair>());
        foreach (var (text, number) in Lines(list).Select((text, number) => (text, number + 1)).Where(line => line.text.Trim().Length > 0))
        {
            var line = Parse(text, $"{list}, line {number}");
            pairs.Add(
                new JudgedPair(Numbered(groups, (line.Group, line.Prompt)), line.Prompt, Place(line.WinnerImage, number),
                    Place(line.LoserImage, number), line.Weight));
        }
        return (pictures, pairs);

        int Place(string hash, int number)
        {
            if (!ContentHash.IsHash(hash) || !files.Has(hash).GetAwaiter().GetResult())
            {
                throw new EngineException($"{list}, line {number}: the image {hash} is not in {dataFolder}");
            }
            if (!places.TryGetValue(hash, out var place))
            {
                var path = files.Verified(hash);
                places[hash] = place = pictures.Count;
                pictures.Add(() => Picture.Decode(File.ReadAllBytes(path)));
            }
            return place;
        }
    }

    private static IReadOnlyList<string> Lines(string list)
    {
        try
        {
            return StrictText.ReadLines(list);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{list} cannot be read ({error.Message})", error);
        }
    }

    private static Line Parse(string text, string place)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text, JsonText.Options) is
            {
                Prompt: not null, WinnerImage: not null,
                LoserImage: not null, Weight: > 0
            } line
                ? line
                : throw new EngineException($"{place}: a pair has a group, a prompt, a weight above 0, a winnerImage and a loserImage");
        }
        catch (JsonException error)
        {
            throw new EngineException($"{place} is no JSON object: {error.Message}", error);
        }
    }

    private static int Numbered<T>(Dictionary<T, int> numbers, T key) where T : notnull =>
        numbers.TryGetValue(key, out var number) ? number : numbers[key] = numbers.Count;
}
