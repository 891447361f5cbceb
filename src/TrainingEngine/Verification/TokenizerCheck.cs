using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>
/// Token ids and untruncated lengths of texts, with either cleaning. OpenAI's own ids in the same file are there for
/// comparison only: its tokenizer pads with 0 and does not know the padding tokens of the models.
/// </summary>
internal static class TokenizerCheck
{
    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        string[] texts = [.. file.Json("texts.json").EnumerateArray().Select(text => text.GetString()!)];
        return from key in file.Tensors.Keys
               where key.EndsWith(".input_ids", StringComparison.Ordinal)
               let parts = key.Split('.')
               where parts.Length == 3
               from finding in Variant(file, texts, parts[0], parts[1])
               select finding;
    }

    private static IEnumerable<Finding> Variant(GoldenFile file, string[] texts, string model, string cleaning)
    {
        string folder = Path.Combine(file.ModelNamed($"tiny-{model}"), "tokenizer");
        GoldenFile.Needed(Path.Combine(folder, "vocab.json"));
        var tokenizer = ClipTokenizer.Load(folder, Enum.Parse<ClipCleaning>(cleaning, ignoreCase: true));
        ClipTokens[] tokens = [.. texts.Select(tokenizer.Encode)];
        int[] ids = [.. tokens.SelectMany(text => text.Ids).Select(id => (int)id)];
        int[] lengths = [.. tokens.Select(text => text.UntruncatedLength)];
        yield return Compare.Exactly($"{model}.{cleaning}.input_ids", tensor(ids, [texts.Length, tokenizer.MaxLength]),
            file[$"{model}.{cleaning}.input_ids"]);
        yield return Compare.Exactly($"{model}.{cleaning}.untruncated_length", tensor(lengths),
            file[$"{model}.{cleaning}.untruncated_length"]);
    }
}
