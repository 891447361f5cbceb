using System.Text;
using Microsoft.ML.Tokenizers;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>Byte-pair merging (Sennrich et al. 2016) of cleaned words, on bytes, the last one marked as a word's end.</summary>
internal sealed class BytePairs
{
    public const string WordEnd = "</w>";

    private readonly BpeTokenizer _pairs;
    private readonly IReadOnlyDictionary<string, int> _vocabulary;

    public BytePairs(IReadOnlyList<(string Left, string Right)> learnt, IReadOnlyDictionary<string, int> vocabulary, int unknownId)
    {
        _vocabulary = vocabulary;
        _pairs = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = learnt.Select(pair => $"{pair.Left} {pair.Right}"),
            EndOfWordSuffix = WordEnd,
            UnknownToken = vocabulary.First(pair => pair.Value == unknownId).Key,
        });
    }

    /// <summary>The printable letter that stands for a byte in the vocabulary files.</summary>
    public static char LetterOf(byte value)
    {
        static bool Printable(int code) => code is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ');
        if (Printable(value))
        {
            return (char)value;
        }

        // The others follow from U+0100 on, in order.
        int others = Enumerable.Range(0, value).Count(code => !Printable(code));
        return (char)(256 + others);
    }

    /// <summary>Appends a word's ids.</summary>
    public void Encode(string word, List<int> ids)
    {
        // The two specials are found again in cleaned text, where upper-case spellings have become lower-case.
        if (word is "<|startoftext|>" or "<|endoftext|>" && _vocabulary.TryGetValue(word, out int special))
        {
            ids.Add(special);
            return;
        }

        var letters = string.Concat(Encoding.UTF8.GetBytes(word).Select(LetterOf));
        ids.AddRange(_pairs.EncodeToIds(letters, considerPreTokenization: false, considerNormalization: false));
    }
}
