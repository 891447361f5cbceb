using System.Collections.Concurrent;
using System.Text;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>
/// Byte-pair merging (Sennrich et al. 2016, algorithm 1, on bytes): a word starts as its UTF-8 bytes, the last one
/// marked as a word's end, and the pair that was learnt first is merged everywhere until no learnt pair is left.
/// </summary>
internal sealed class BytePairs
{
    public const string WordEnd = "</w>";
    private const int NoRank = int.MaxValue;
    private const int CachedWordLength = 64;
    private const int CachedWords = 20_000;

    private readonly Dictionary<string, int> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> _ranks = [];
    private readonly int[] _mergedAt;
    private readonly List<int> _idOf = [];
    private readonly int[] _byteSymbol = new int[256];
    private readonly int[] _lastByteSymbol = new int[256];
    private readonly IReadOnlyDictionary<string, int> _vocabulary;
    private readonly int _unknownId;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);

    public BytePairs(IReadOnlyList<(string Left, string Right)> learnt, IReadOnlyDictionary<string, int> vocabulary, int unknownId)
    {
        (_vocabulary, _unknownId) = (vocabulary, unknownId);
        for (int value = 0; value < 256; value++)
        {
            string letter = LetterOf((byte)value).ToString();
            _byteSymbol[value] = Symbol(letter);
            _lastByteSymbol[value] = Symbol(letter + WordEnd);
        }

        _mergedAt = new int[learnt.Count];
        for (int rank = 0; rank < learnt.Count; rank++)
        {
            (string left, string right) = learnt[rank];
            _ranks[Pair(Symbol(left), Symbol(right))] = rank;
            _mergedAt[rank] = Symbol(left + right);
        }
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
        if (_cache.TryGetValue(word, out int[]? known))
        {
            ids.AddRange(known);
            return;
        }

        // The two specials are found again in cleaned text, where upper-case spellings have become lower-case.
        int[] found = word is "<|startoftext|>" or "<|endoftext|>" && _vocabulary.TryGetValue(word, out int special) ? [special]
            : Merge(word);
        if (word.Length <= CachedWordLength && _cache.Count < CachedWords)
        {
            _cache[word] = found;
        }

        ids.AddRange(found);
    }

    private int[] Merge(string word)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(word);
        var parts = new int[bytes.Length];
        for (int at = 0; at < parts.Length; at++)
        {
            parts[at] = at == parts.Length - 1 ? _lastByteSymbol[bytes[at]] : _byteSymbol[bytes[at]];
        }

        // rankAt[i] belongs to the pair (i, i + 1); a pair has one rank, so equal ranks are equal pairs.
        var rankAt = new int[parts.Length];
        for (int at = 0; at < parts.Length; at++)
        {
            rankAt[at] = at + 1 < parts.Length ? Rank(parts[at], parts[at + 1]) : NoRank;
        }

        int count = parts.Length;
        while (LowestOf(rankAt.AsSpan(0, count)) is var best and not NoRank)
        {
            count = MergeEverywhere(parts, rankAt, count, best);
        }

        return [.. parts.Take(count).Select(part => _idOf[part])];
    }

    private static int LowestOf(ReadOnlySpan<int> ranks)
    {
        int lowest = NoRank;
        foreach (int rank in ranks)
        {
            lowest = Math.Min(lowest, rank);
        }

        return lowest;
    }

    /// <summary>Merges every pair of a rank from left to right, in place; returns the new number of parts.</summary>
    private int MergeEverywhere(int[] parts, int[] rankAt, int count, int rank)
    {
        int kept = 0;
        bool previousChanged = false;
        for (int at = 0; at < count; at++)
        {
            bool merges = rankAt[at] == rank;
            int source = merges ? at + 1 : at;
            parts[kept] = merges ? _mergedAt[rank] : parts[at];
            rankAt[kept] = rankAt[source];
            if (kept > 0 && (merges || previousChanged))
            {
                rankAt[kept - 1] = Rank(parts[kept - 1], parts[kept]);
            }

            (previousChanged, at) = (merges, source);
            kept++;
        }

        rankAt[kept - 1] = NoRank;
        return kept;
    }

    private int Rank(int left, int right) => _ranks.TryGetValue(Pair(left, right), out int rank) ? rank : NoRank;

    private int Symbol(string text)
    {
        if (!_symbols.TryGetValue(text, out int symbol))
        {
            symbol = _symbols[text] = _symbols.Count;
            _idOf.Add(_vocabulary.TryGetValue(text, out int id) ? id : _unknownId);
        }

        return symbol;
    }

    private static long Pair(int left, int right) => ((long)left << 32) | (uint)right;
}
