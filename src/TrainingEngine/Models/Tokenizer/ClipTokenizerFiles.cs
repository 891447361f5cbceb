using System.Text.Json;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>The contents of a tokenizer folder.</summary>
internal sealed record ClipTokenizerFiles(
    IReadOnlyDictionary<string, int> Vocabulary, IReadOnlyList<(string Left, string Right)> Merges, SpecialTokens Specials,
    int StartId, int EndId, int PadId, int UnknownId, int MaxLength)
{
    private const int UsualLength = 77;

    // Files without a real limit carry a huge number in its place.
    private const double LargestBelievableLength = 100_000;

    // 49,152 entries minus the bytes in both forms and the two specials: the original reads no further.
    private const int MaxMerges = 49152 - 256 - 2;

    public static ClipTokenizerFiles Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EngineException($"there is no tokenizer folder {folder}");
        }

        string vocabularyFile = Path.Combine(folder, "vocab.json"), mergesFile = Path.Combine(folder, "merges.txt");
        string oneFile = Path.Combine(folder, TokenizerJson.FileName);
        TokenizerJson? both = (!File.Exists(vocabularyFile) || !File.Exists(mergesFile)) && File.Exists(oneFile)
            ? TokenizerJson.Read(oneFile) : null;
        vocabularyFile = both is null ? vocabularyFile : oneFile;
        IReadOnlyDictionary<string, int> vocabulary = both?.Vocabulary ?? ReadVocabulary(vocabularyFile);
        using JsonDocument config = ReadObject(Path.Combine(folder, "tokenizer_config.json"));
        using JsonDocument map = ReadObject(Path.Combine(folder, "special_tokens_map.json"));
        SpecialToken Special(string name, string usual) =>
            SpecialToken.From(name, map.RootElement) ?? SpecialToken.From(name, config.RootElement)
                ?? new SpecialToken(usual, StripsSpace: false);
        int Id(SpecialToken token) => vocabulary.TryGetValue(token.Text, out int id)
            ? id
            : throw new EngineException($"{vocabularyFile} does not hold the special token {token.Text}");

        SpecialToken start = Special("bos_token", "<|startoftext|>");
        SpecialToken end = Special("eos_token", "<|endoftext|>");
        SpecialToken pad = Special("pad_token", both?.PadToken ?? end.Text);
        SpecialToken unknown = Special("unk_token", end.Text);

        // Only a pad token given as a bare string takes the spaces beside it away, and only if it is no other special too.
        SpecialToken[] specials =
        [
            start with { StripsSpace = false },
            end with { StripsSpace = false },
            unknown with { StripsSpace = false },
            pad,
        ];
        return new ClipTokenizerFiles(
            vocabulary, both?.Merges.Take(MaxMerges).ToList() ?? ReadMerges(mergesFile),
            new SpecialTokens(specials.DistinctBy(token => token.Text), Id),
            Id(start), Id(end), Id(pad), Id(unknown), ReadMaxLength(config.RootElement));
    }

    private static Dictionary<string, int> ReadVocabulary(string file)
    {
        try
        {
            FileKind.RequireJson(file);
            Dictionary<string, int> vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(StrictText.Read(file)) ?? [];
            return vocabulary.Count > 0 && vocabulary.Values.Min() >= 0
                ? vocabulary
                : throw new EngineException(
                    vocabulary.Count == 0 ? $"{file} is empty" : $"{file} holds the negative id {vocabulary.Values.Min()}");
        }
        catch (Exception error) when (error is JsonException or FileNotFoundException)
        {
            throw new EngineException($"{file} is missing or no map from tokens to ids", error);
        }
    }

    private static List<(string Left, string Right)> ReadMerges(string file)
    {
        if (!File.Exists(file))
        {
            throw new EngineException($"{file} is missing");
        }

        // The first line names the version.
        var merges = new List<(string, string)>();
        foreach (string line in StrictText.Read(file).Trim().Split('\n').Skip(1).Take(MaxMerges))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            merges.Add(parts is [var left, var right]
                ? (left, right)
                : throw new EngineException($"{file}, line {merges.Count + 2}: two symbols are expected, not '{line}'"));
        }

        return merges;
    }

    private static JsonDocument ReadObject(string file)
    {
        if (!File.Exists(file))
        {
            return JsonDocument.Parse("{}");
        }

        try
        {
            JsonDocument document = JsonDocument.Parse(StrictText.Read(file));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document
                : throw new EngineException($"{file} is no JSON object");
        }
        catch (JsonException error)
        {
            throw new EngineException($"{file} is no JSON object", error);
        }
    }

    private static int ReadMaxLength(JsonElement config)
    {
        if (!config.TryGetProperty("model_max_length", out JsonElement length) || !length.TryGetDouble(out double tokens))
        {
            return UsualLength;
        }

        return tokens switch
        {
            > LargestBelievableLength => UsualLength,
            >= 3 => (int)tokens,
            _ => throw new EngineException($"tokenizer_config.json: model_max_length {tokens} leaves no room for a word"),
        };
    }
}
