using System.Text;
using Labeler.TrainingEngine.Models.Tokenizer;

namespace Labeler.TrainingEngine.Models;

/// <summary>
/// CLIP's byte-level byte-pair encoding (Radford et al. 2021, section 2.4), read from a model folder's vocab.json,
/// merges.txt, tokenizer_config.json and special_tokens_map.json. Vocabularies of any size.
/// </summary>
public sealed class ClipTokenizer
{
    private readonly ClipTokenizerFiles _files;
    private readonly BytePairs _pairs;
    private readonly ClipCleaning _cleaning;

    private ClipTokenizer(ClipTokenizerFiles files, ClipCleaning cleaning)
    {
        (_files, _cleaning) = (files, cleaning);
        _pairs = new BytePairs(files.Merges, files.Vocabulary, files.UnknownId);
    }

    /// <summary>Length of every encoded text: 77 in all released models.</summary>
    public int MaxLength => _files.MaxLength;

    /// <summary>Number of ids in the vocabulary.</summary>
    public int VocabularySize => _files.Vocabulary.Count;

    /// <summary>The highest id that a text can become; the text encoder must know it.</summary>
    public int LargestId => _files.Vocabulary.Values.Max();

    /// <summary>The id that ends a text; the text encoder pools there.</summary>
    public int EndId => _files.EndId;

    /// <summary>Reads the folder <c>tokenizer</c> (or <c>tokenizer_2</c>) of a diffusers model.</summary>
    /// <exception cref="EngineException">A file is missing or malformed; the message names it.</exception>
    public static ClipTokenizer Load(string folder, ClipCleaning cleaning = ClipCleaning.Ftfy) => ComposesLetters
        ? new(ClipTokenizerFiles.Read(folder), cleaning)
        : throw new EngineException(
            "prompts would become other tokens without ICU: install it (libicu), or unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");

    // Without ICU .NET leaves letters and their accents apart, and says nothing.
    private static bool ComposesLetters => "e\u0301".Normalize(NormalizationForm.FormC) == "\u00e9";

    /// <summary>The text as ids [MaxLength]: start, words, end, padding. What does not fit is dropped and counted.</summary>
    public ClipTokens Encode(string text)
    {
        List<int> words = Words(text);
        var ids = new long[MaxLength];
        Array.Fill(ids, _files.PadId);
        int kept = Math.Min(words.Count, MaxLength - 2);
        ids[0] = _files.StartId;
        for (int index = 0; index < kept; index++)
        {
            ids[index + 1] = words[index];
        }

        ids[kept + 1] = _files.EndId;
        return new ClipTokens(ids, words.Count + 2);
    }

    private List<int> Words(string text)
    {
        var ids = new List<int>();
        foreach ((string part, int? special) in _files.Specials.Split(text))
        {
            if (special is { } id)
            {
                ids.Add(id);
                continue;
            }

            string clean = _cleaning == ClipCleaning.Ftfy ? FtfyCleaning.Clean(part) : BasicCleaning.Clean(part);
            foreach (string word in WordSplitter.Split(clean))
            {
                _pairs.Encode(word, ids);
            }
        }

        return ids;
    }
}

/// <summary>An encoded text.</summary>
/// <param name="Ids">Token ids, [MaxLength], ready for the text encoder.</param>
/// <param name="UntruncatedLength">Number of tokens with start and end, had nothing been dropped.</param>
public sealed record ClipTokens(long[] Ids, int UntruncatedLength)
{
    /// <summary>Tokens of the text that did not fit.</summary>
    public int Dropped => Math.Max(0, UntruncatedLength - Ids.Length);
}

/// <summary>How a text is cleaned before it is cut into words. Plain prompts come out the same either way.</summary>
public enum ClipCleaning
{
    /// <summary>
    /// What OpenAI trained CLIP with: mojibake, HTML entities, curly quotes, ligatures and widths are repaired, accents,
    /// contractions and runs of punctuation stay. The default, because the encoder has learnt text in this form.
    /// </summary>
    Ftfy,

    /// <summary>
    /// What transformers up to 4.30 does where ftfy is not installed, as after a plain installation of D3PO: accents are
    /// stripped, and every punctuation mark and Chinese character is a word of its own.
    /// </summary>
    Basic,
}
