using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>Makes a small vocabulary in CLIP's file format, in which each given word is one token.</summary>
public sealed class ClipVocabulary
{
    private const string Start = "<|startoftext|>";
    private const string End = "<|endoftext|>";

    private readonly List<string> _tokens = [];
    private readonly List<string> _merges = [];

    private ClipVocabulary()
    {
    }

    /// <summary>Number of ids.</summary>
    public int Count => _tokens.Count;

    /// <summary>
    /// The ids of CLIP's scheme: 256 bytes, 256 bytes that end a word, the merges that build the words, the two specials.
    /// Any other text still has ids, byte by byte.
    /// </summary>
    public static ClipVocabulary Create(IEnumerable<string> words)
    {
        var vocabulary = new ClipVocabulary();
        string[] letters =
            [.. Enumerable.Range(0, 256).Select(value => BytePairs.LetterOf((byte)value).ToString()).Order(StringComparer.Ordinal)];
        vocabulary._tokens.AddRange(letters);
        vocabulary._tokens.AddRange(letters.Select(letter => letter + BytePairs.WordEnd));
        foreach (string word in words.SelectMany(text => WordSplitter.Split(FtfyCleaning.Clean(text))).Distinct(StringComparer.Ordinal))
        {
            vocabulary.Learn(word);
        }

        vocabulary._tokens.AddRange([Start, End]);
        return vocabulary;
    }

    /// <summary>Writes vocab.json, merges.txt, tokenizer_config.json and special_tokens_map.json.</summary>
    /// <param name="folder">The folder, made if it is not there.</param>
    /// <param name="maxLength">Tokens of an encoded text with its start and end.</param>
    public void Write(string folder, int maxLength = 77)
    {
        Directory.CreateDirectory(folder);
        var options = new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        void WriteJson(string name, object content) =>
            File.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(content, options) + "\n");

        WriteJson("vocab.json", _tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), string.Join('\n', _merges.Prepend("#version: 0.2")) + "\n");
        WriteJson("special_tokens_map.json", new { bos_token = Start, eos_token = End, pad_token = End, unk_token = End });
        WriteJson("tokenizer_config.json", new
        {
            tokenizer_class = "CLIPTokenizer",
            add_prefix_space = false,
            do_lower_case = true,
            errors = "replace",
            model_max_length = maxLength,
            bos_token = Start,
            eos_token = End,
            pad_token = End,
            unk_token = End,
        });
    }

    /// <summary>Adds the merges that join a word from its end: the marked tail of one word never stands inside another.</summary>
    private void Learn(string word)
    {
        string[] letters = [.. Encoding.UTF8.GetBytes(word).Select(value => BytePairs.LetterOf(value).ToString())];
        string tail = letters[^1] + BytePairs.WordEnd;
        for (int at = letters.Length - 2; at >= 0; at--)
        {
            string merge = $"{letters[at]} {tail}";
            tail = letters[at] + tail;
            if (!_merges.Contains(merge))
            {
                _merges.Add(merge);
                _tokens.Add(tail);
            }
        }
    }
}
