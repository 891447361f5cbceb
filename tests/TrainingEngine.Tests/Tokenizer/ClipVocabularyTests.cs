using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Tokenizer;

namespace Labeler.TrainingEngine.Tests.Tokenizer;

public sealed class ClipVocabularyTests : IDisposable
{
    private const int Length = 12;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_word_of_a_made_vocabulary_is_one_token()
    {
        string[] words = ["a", "hand", "and", "sand", "mirror", "flag", "five", "café"];
        ClipTokenizer tokenizer = Written(words);

        ClipTokens tokens = tokenizer.Encode(string.Join(' ', words));

        Assert.Equal(words.Length + 2, tokens.UntruncatedLength);
        Assert.Equal(words.Length, tokens.Ids.Skip(1).Take(words.Length).Distinct().Count());
    }

    [Fact]
    public void Words_outside_a_made_vocabulary_are_spelt_in_bytes()
    {
        ClipTokenizer tokenizer = Written("hand");

        Assert.Equal(2 + 4, tokenizer.Encode("🐱").UntruncatedLength);
        Assert.DoesNotContain(tokenizer.EndId, tokenizer.Encode("🐱").Ids.Take(5).Select(id => (int)id));
    }

    [Fact]
    public void A_text_is_start_words_end_and_padding()
    {
        ClipTokenizer tokenizer = Written("hand", "open");

        long[] ids = tokenizer.Encode("Open HAND").Ids;

        Assert.Equal(Length, ids.Length);
        Assert.Equal(tokenizer.VocabularySize - 2, ids[0]);
        Assert.All(ids.Skip(3), id => Assert.Equal(tokenizer.EndId, id));
        Assert.Equal(tokenizer.Encode("hand").Ids[1], ids[2]);
    }

    [Theory]
    [InlineData(" hand")]
    [InlineData("x")]
    [InlineData("漢")]
    public void A_prompt_of_ten_thousand_characters_is_cut_and_the_cut_is_counted(string part)
    {
        ClipTokenizer tokenizer = Written("hand");
        string prompt = string.Concat(Enumerable.Repeat(part, 10_000 / part.Length));

        ClipTokens tokens = tokenizer.Encode(prompt);

        Assert.Equal(Length, tokens.Ids.Length);
        Assert.Equal(tokenizer.EndId, tokens.Ids[^1]);
        Assert.Equal(tokens.UntruncatedLength - Length, tokens.Dropped);
        Assert.InRange(tokens.UntruncatedLength, 2_000, 30_002);
    }

    [Fact]
    public void An_exclamation_mark_as_padding_swallows_those_of_the_prompt()
    {
        ClipVocabulary.Create(["wow"]).Write(_folder.Path, Length);
        string map = _folder.File("special_tokens_map.json");
        File.WriteAllText(map, File.ReadAllText(map).Replace("\"pad_token\": \"<|endoftext|>\"", "\"pad_token\": \"!\"", StringComparison.Ordinal));

        long[] ids = ClipTokenizer.Load(_folder.Path).Encode("wow ! wow").Ids;

        Assert.Equal(0, ids[2]);
        Assert.Equal(ids[1], ids[3]);
        Assert.Equal(0, ids[^1]);
    }

    [Fact]
    public void Missing_and_broken_files_are_named()
    {
        string Refusal() => Assert.Throws<EngineException>(() => ClipTokenizer.Load(_folder.Path)).Message;
        Assert.Contains("vocab.json", Refusal(), StringComparison.Ordinal);

        Written("hand");
        File.WriteAllText(_folder.File("vocab.json"), "[1, 2");
        Assert.Contains("vocab.json", Refusal(), StringComparison.Ordinal);
        File.WriteAllText(_folder.File("vocab.json"), "{\"a\": 1}");
        Assert.Contains("<|startoftext|>", Refusal(), StringComparison.Ordinal);
        File.WriteAllText(_folder.File("merges.txt"), "#version: 0.2\nh a n\n");
        Assert.Contains("merges.txt, line 2", Refusal(), StringComparison.Ordinal);
    }

    private ClipTokenizer Written(params string[] words)
    {
        ClipVocabulary.Create(words).Write(_folder.Path, Length);
        return ClipTokenizer.Load(_folder.Path);
    }
}
