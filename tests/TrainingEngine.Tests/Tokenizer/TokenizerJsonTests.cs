using System.Text.Json;
using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Tokenizer;

namespace Labeler.TrainingEngine.Tests.Tokenizer;

/// <summary>A folder with a tokenizer.json in the place of vocab.json and merges.txt.</summary>
public sealed class TokenizerJsonTests : IDisposable
{
    private static readonly string[] Texts = ["a cat on a mat", "Dogs & cats, don't!", "naïve café 🐈 <|endoftext|> x", "hands"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void It_gives_the_same_ids_alone(bool mergesAsPairs, bool specialsAmongTheAdded)
    {
        ClipVocabulary.Create(["a", "cat", "dogs", "hands", "mat"]).Write(_folder.File("two"), 20);
        Write(mergesAsPairs, specialsAmongTheAdded);

        var (two, one) = (ClipTokenizer.Load(_folder.File("two")), ClipTokenizer.Load(_folder.File("one")));

        Assert.All(Texts, text => Assert.Equal(two.Encode(text).Ids, one.Encode(text).Ids));
        Assert.Equal((two.MaxLength, two.LargestId, two.EndId), (one.MaxLength, one.LargestId, one.EndId));
    }

    [Theory]
    [InlineData("""{"model": {"type": "Unigram", "vocab": []}}""", "another tokenizer than CLIP's")]
    [InlineData("""{"model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {"a": 0}, "merges": ["a b c"]}}""", "a merge has two symbols")]
    [InlineData("""{"model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {}, "merges": []}}""", "holds no tokens")]
    [InlineData("[]", "is no tokenizer's description")]
    public void One_of_another_kind_is_refused(string json, string told)
    {
        Directory.CreateDirectory(_folder.File("one"));
        File.WriteAllText(_folder.File("one", "tokenizer.json"), json);

        Assert.Contains(told, Assert.Throws<EngineException>(() => ClipTokenizer.Load(_folder.File("one"))).Message, StringComparison.Ordinal);
    }

    private void Write(bool mergesAsPairs, bool specialsAmongTheAdded)
    {
        var vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(_folder.File("two", "vocab.json")))!;
        var merges = File.ReadAllLines(_folder.File("two", "merges.txt")).Skip(1).Where(line => line.Length > 0);
        string[] specials = ["<|startoftext|>", "<|endoftext|>"];
        var added = specialsAmongTheAdded ? specials.Select(text => new { id = vocabulary[text], content = text, special = true }).ToArray() : [];
        var kept = specialsAmongTheAdded ? vocabulary.Where(token => !specials.Contains(token.Key)).ToDictionary() : vocabulary;
        Directory.CreateDirectory(_folder.File("one"));
        File.WriteAllText(_folder.File("one", "tokenizer.json"), new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = JsonSerializer.SerializeToNode(added),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["end_of_word_suffix"] = "</w>",
                ["vocab"] = JsonSerializer.SerializeToNode(kept),
                ["merges"] = mergesAsPairs ? JsonSerializer.SerializeToNode(merges.Select(line => line.Split(' '))) : JsonSerializer.SerializeToNode(merges),
            },
        }.ToJsonString());
        File.WriteAllText(_folder.File("one", "tokenizer_config.json"), """{"model_max_length": 20}""");
    }
}
