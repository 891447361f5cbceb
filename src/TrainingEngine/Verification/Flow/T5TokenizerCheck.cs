using Labeler.TrainingEngine.Models.T5;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>T5's ids of texts: whole, and cut and padded to the lengths in the keys.</summary>
internal static class T5TokenizerCheck
{
    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        var tokenizer = T5Tokenizer.Load(FlowGolden.Part(file, "tiny-sd3", "tokenizer_3"));
        var expected = file.Json(Path.GetFileNameWithoutExtension(file.Name) + ".json");
        var texts = FlowGolden.Strings(expected.GetProperty("texts"));
        var wrong = texts.Zip(expected.GetProperty("t5_ids_untruncated").EnumerateArray(), (text, ids) =>
            tokenizer.Encode(text).SequenceEqual(ids.EnumerateArray().Select(id => id.GetInt32()))).Count(same => !same);
        return
        [
            new Finding("t5_ids_untruncated differing texts", wrong, 0),
            .. file.Tensors.Keys.Select(key => Compare.Exactly(key, Padded(tokenizer, texts, (int)file[key].shape[1]), file[key])),
        ];
    }

    private static Tensor Padded(T5Tokenizer tokenizer, IReadOnlyList<string> texts, int length) =>
        tensor([.. texts.SelectMany(text => tokenizer.Encode(text, length)).Select(id => (int)id)], [texts.Count, length]);
}
