using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Tests.Tokenizer;

public sealed class ClipTokenizerTests
{
    [GoldenTheory]
    [InlineData("sd15", ClipCleaning.Ftfy)]
    [InlineData("sd15", ClipCleaning.Basic)]
    [InlineData("sd21", ClipCleaning.Ftfy)]
    [InlineData("sd21", ClipCleaning.Basic)]
    public void All_golden_texts_have_the_reference_ids(string model, ClipCleaning cleaning)
    {
        string[] texts = JsonSerializer.Deserialize<string[]>(File.ReadAllText(GoldenFolder.File("golden-tokenizer", "texts.json")))!;
        string key = $"{model}.{cleaning.ToString().ToLowerInvariant()}";
        int[] expected = Tensor($"{key}.input_ids"), lengths = Tensor($"{key}.untruncated_length");
        var tokenizer = ClipTokenizer.Load(GoldenFolder.File($"tiny-{model}", "tokenizer"), cleaning);

        var wrong = new List<string>();
        for (int index = 0; index < texts.Length; index++)
        {
            ClipTokens tokens = tokenizer.Encode(texts[index]);
            long[] ids = [.. expected.Skip(77 * index).Take(77).Select(id => (long)id)];
            if (!ids.SequenceEqual(tokens.Ids) || lengths[index] != tokens.UntruncatedLength)
            {
                wrong.Add($"{index} {texts[index]}\n  {string.Join(' ', ids.Take(40))}\n  {string.Join(' ', tokens.Ids.Take(40))}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Prepend($"{wrong.Count} wrong")));
    }

    private static int[] Tensor(string name)
    {
        byte[] file = File.ReadAllBytes(GoldenFolder.File("golden-tokenizer", "tokenizer.safetensors"));
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var json = JsonDocument.Parse(file.AsMemory(8, header));
        JsonElement offsets = json.RootElement.GetProperty(name).GetProperty("data_offsets");
        return [.. MemoryMarshal.Cast<byte, int>(file.AsSpan(8 + header)[offsets[0].GetInt32()..offsets[1].GetInt32()])];
    }
}
