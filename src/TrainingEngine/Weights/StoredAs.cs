using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Weights;

/// <summary>What of a file's tensor a tensor is, where files of another layout keep several in one.</summary>
public enum Piece
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>The first rows, as many as it has itself.</summary>
    Query,

    /// <summary>As many rows behind those.</summary>
    Key,

    /// <summary>As many rows behind those.</summary>
    Value,

    /// <summary>The last rows.</summary>
    Rest,

    /// <summary>The second half of the rows, then the first: (shift, scale) for (scale, shift).</summary>
    SwappedHalves,

    /// <summary>Its transpose.</summary>
    Transposed,
}

/// <summary>Where a file of another layout keeps a tensor.</summary>
/// <param name="Key">The tensor in the file.</param>
/// <param name="Piece">What of it.</param>
public readonly record struct StoredAs(string Key, Piece Piece = Piece.Whole);

/// <summary>Cuts pieces out of tensors.</summary>
internal static class Pieces
{
    /// <summary>Whether a tensor of shape <paramref name="wanted"/> can be cut out of one of shape <paramref name="stored"/>.</summary>
    public static bool Fit(this Piece piece, long[] stored, long[] wanted) => piece switch
    {
        Piece.Whole => stored.SequenceEqual(wanted),
        Piece.SwappedHalves => stored.SequenceEqual(wanted) && stored is [var rows, ..] && rows % 2 == 0,
        Piece.Transposed => wanted.Length == 2 && stored.SequenceEqual([wanted[1], wanted[0]]),
        _ => stored.Length == wanted.Length && stored.Length > 0 && stored[1..].SequenceEqual(wanted[1..])
            && stored[0] >= wanted[0] * (piece == Piece.Rest ? 1 : 3),
    };

    /// <summary>The piece, a view where that is possible.</summary>
    /// <param name="stored">Of which <see cref="Fit"/> holds.</param>
    /// <param name="rows">Rows of the piece.</param>
    public static Tensor Cut(this Piece piece, Tensor stored, long rows) => piece switch
    {
        Piece.Whole => stored,
        Piece.SwappedHalves => cat([.. stored.chunk(2).Reverse()]),
        Piece.Transposed => stored.t(),
        Piece.Rest => stored.narrow(0, stored.shape[0] - rows, rows),
        _ => stored.narrow(0, (piece - Piece.Query) * rows, rows),
    };
}
