using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models.SingleFile;

/// <summary>Names of modules, or of single tensors, in two layouts; <c>#</c> stands for a block's number.</summary>
internal sealed partial class NameTable(params IEnumerable<(string Own, string Theirs, Piece Piece)> rows)
{
    private readonly Dictionary<string, (string Theirs, Piece Piece)> _rows =
        rows.ToDictionary(row => row.Own, row => (row.Theirs, row.Piece), StringComparer.Ordinal);

    /// <summary>The key in the other layout; null where it has no such tensor.</summary>
    public StoredAs? Of(string key)
    {
        var block = Number().Match(key);
        var general = block.Success ? $"{key[..block.Index]}.#.{key[(block.Index + block.Length)..]}" : key;
        var end = general.LastIndexOf('.');
        return _rows.TryGetValue(general, out var tensor) ? Told(tensor, "")
            : end > 0 && _rows.TryGetValue(general[..end], out var module) ? Told(module, general[end..])
            : null;

        StoredAs Told((string Theirs, Piece Piece) row, string ending) =>
            new(row.Theirs.Replace("#", block.Groups[1].Value, StringComparison.Ordinal) + ending, row.Piece);
    }

    [GeneratedRegex(@"\.(\d+)\.", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Number();
}
