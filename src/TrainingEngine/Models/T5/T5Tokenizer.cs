using Microsoft.ML.Tokenizers;

namespace Labeler.TrainingEngine.Models.T5;

/// <summary>
/// T5's tokenizer, read from a model folder's spiece.model: SentencePiece's unigram model by Microsoft.ML.Tokenizers, the
/// end token, and padding. What looks like a special token in a text is text.
/// </summary>
public sealed class T5Tokenizer
{
    private const int Pad = 0, End = 1, Unknown = 2, UsualExtraIds = 100, UsualLength = 512;
    private readonly SentencePieceTokenizer _pieces;

    private T5Tokenizer(SentencePieceTokenizer pieces, int count, int extraIds) =>
        (_pieces, LargestId, VocabularySize) = (pieces, count - 1, count + extraIds);

    /// <summary>The highest id that a text can become; the text encoder must know it.</summary>
    public int LargestId { get; }

    /// <summary>Most tokens that the model was made for.</summary>
    public int MaxLength { get; private init; } = UsualLength;

    /// <summary>Number of ids, with those behind the vocabulary that no text becomes.</summary>
    public int VocabularySize { get; }

    /// <exception cref="EngineException">A file is missing or malformed; the message names it.</exception>
    public static T5Tokenizer Load(string folder)
    {
        var file = Path.Combine(folder, "spiece.model");
        var config = Path.Combine(folder, "tokenizer_config.json");
        try
        {
            var model = SentencePieceFile.Read(file);
            using var stream = new MemoryStream(model.ForLibrary());
            var settings = File.Exists(config) ? ConfigFile.Read(config) : ConfigFile.Parse(config, "{}");
            return new(SentencePieceTokenizer.Create(stream, false, false), model.Pieces, (int)settings.Number("extra_ids", UsualExtraIds))
            {
                MaxLength = (int)Math.Clamp(settings.Number("model_max_length", UsualLength), 2, UsualLength),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or InvalidDataException
            or IndexOutOfRangeException or Google.Protobuf.InvalidProtocolBufferException)
        {
            throw new EngineException($"{file}: cannot be read as a SentencePiece model ({error.Message})", error);
        }
    }

    /// <summary>The text's ids with the end token, neither cut nor padded.</summary>
    public IReadOnlyList<int> Encode(string text) => [.. Words(text), End];

    /// <summary>The text as ids [length]: words, end token, padding. What does not fit is dropped.</summary>
    public long[] Encode(string text, int length)
    {
        var ids = new long[length];
        Array.Fill(ids, Pad);
        var kept = 0;
        foreach (var id in Words(text).Take(length - 1))
        {
            ids[kept++] = id;
        }

        ids[kept] = End;
        return ids;
    }

    /// <summary>SentencePiece takes neighboring unknown letters together; the library gives each an id.</summary>
    private IEnumerable<int> Words(string text)
    {
        var before = -1;
        foreach (var id in _pieces.EncodeToIds(text))
        {
            if (id != Unknown || before != Unknown)
            {
                yield return id;
            }

            before = id;
        }
    }
}
