using System.Text.Json;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>
/// What CLIP's tokenizer needs of a tokenizer.json, the one file that newer programs write in the place of vocab.json and merges.txt.
/// </summary>
/// <param name="PadToken">With which texts are filled up; null where the file does not say.</param>
internal sealed record TokenizerJson(
    IReadOnlyDictionary<string, int> Vocabulary, IReadOnlyList<(string Left, string Right)> Merges, string? PadToken)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "tokenizer.json";

    /// <summary>Reads a file.</summary>
    /// <exception cref="EngineException">It is damaged, or of another kind of tokenizer.</exception>
    public static TokenizerJson Read(string file)
    {
        try
        {
            FileKind.RequireJson(file);
            using var json = JsonDocument.Parse(StrictText.Read(file));
            var model = json.RootElement.GetProperty("model");
            var suffix = model.TryGetProperty("end_of_word_suffix", out var end) ? end.GetString() : null;
            if ((model.TryGetProperty("type", out var type) && type.GetString() != "BPE") || suffix != BytePairs.WordEnd)
            {
                throw new EngineException(
                    $"{file} is of another tokenizer than CLIP's, which is BPE with {BytePairs.WordEnd} at a word's end");
            }
            var vocabulary = model.GetProperty("vocab").EnumerateObject()
                .ToDictionary(token => token.Name, token => token.Value.GetInt32(), StringComparer.Ordinal);
            foreach (var added in Listed(json.RootElement, "added_tokens"))
            {
                vocabulary[added.GetProperty("content").GetString()!] = added.GetProperty("id").GetInt32();
            }
            if (vocabulary.Count == 0 || vocabulary.Values.Min() < 0)
            {
                throw new EngineException($"{file} holds no tokens, or a negative id");
            }
            return new(vocabulary, [.. model.GetProperty("merges").EnumerateArray().Select(merge => Merge(file, merge))],
                json.RootElement.TryGetProperty("padding", out var padding) && padding.ValueKind == JsonValueKind.Object
                    && padding.TryGetProperty("pad_token", out var pad) ? pad.GetString() : null);
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new EngineException($"{file} is no tokenizer's description ({error.Message})", error);
        }
    }

    // "a b" up to 2024, ["a", "b"] since then.
    private static (string Left, string Right) Merge(string file, JsonElement merge)
    {
        string[] parts = merge.ValueKind == JsonValueKind.Array ? [.. merge.EnumerateArray().Select(part => part.GetString()!)]
            : merge.GetString()!.Split(' ');
        return parts is [var left, var right] ? (left, right)
            : throw new EngineException($"{file}: a merge has two symbols, not {merge.GetRawText()}");
    }

    private static IEnumerable<JsonElement> Listed(JsonElement root, string name) =>
        root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
