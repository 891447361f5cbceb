using Labeler.TrainingEngine.Models.T5;

namespace Labeler.TrainingEngine.Tests.Models.T5;

public sealed class T5TokenizerTests
{
    [Fact]
    public void A_file_that_is_no_SentencePiece_model_is_refused_by_its_name()
    {
        using var folder = new TemporaryFolder();
        foreach (var content in new[] { Array.Empty<byte>(), "{}"u8.ToArray(), [0x0a, 0xff, 0xff, 0xff, 0x0f] })
        {
            File.WriteAllBytes(folder.File("spiece.model"), content);

            Assert.Contains("spiece.model", Assert.Throws<EngineException>(() => T5Tokenizer.Load(folder.Path)).Message,
                StringComparison.Ordinal);
        }

        Assert.Throws<EngineException>(() => T5Tokenizer.Load(folder.File("nowhere")));
    }

    [FlowGoldenTheory]
    [InlineData("")]
    [InlineData("a photo of a robot")]
    public void A_text_ends_with_the_end_token_and_is_padded_or_cut(string text)
    {
        var tokenizer = T5Tokenizer.Load(Path.Combine(GoldenFolder.Flow!, "tiny-sd3", "tokenizer_3"));
        var whole = tokenizer.Encode(text);

        Assert.Equal(1, whole[^1]);
        Assert.Equal([.. whole.Select(id => (long)id), 0, 0], tokenizer.Encode(text, whole.Count + 2));
        Assert.Equal(text.Length == 0 ? [1] : [whole[0], 1], tokenizer.Encode(text, Math.Min(2, whole.Count)));
    }
}
