namespace Labeler.Shared.Imaging;

/// <summary>A grid of pictures with optional captions below them, for sample sheets along training.</summary>
/// <param name="Columns">Cells in a row.</param>
/// <param name="Gap">Pixels between cells and around the sheet.</param>
/// <param name="CaptionHeight">Pixels kept below each cell for its caption; 0 leaves captions out.</param>
public sealed record ContactSheet(int Columns, int Gap = 4, int CaptionHeight = 0)
{
    private const byte Paper = 255;

    /// <summary>One cell: a picture (null leaves it empty) and its caption.</summary>
    public readonly record struct Cell(Picture? Picture, string Caption = "");

    /// <summary>Draws the cells row by row; every cell is as large as the largest picture.</summary>
    public Picture Draw(IReadOnlyList<Cell> cells)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Columns, 1);
        int cellWidth = cells.Max(cell => cell.Picture?.Width ?? 1);
        int cellHeight = cells.Max(cell => cell.Picture?.Height ?? 1);
        int columns = Math.Min(Columns, cells.Count);
        int rows = (cells.Count + columns - 1) / columns;
        int width = Gap + (columns * (cellWidth + Gap));
        int height = Gap + (rows * (cellHeight + CaptionHeight + Gap));
        var sheet = new Picture(width, height, new byte[3 * width * height]);
        Array.Fill(sheet.Rgb, Paper);
        for (int index = 0; index < cells.Count; index++)
        {
            int left = Gap + (index % columns * (cellWidth + Gap));
            int top = Gap + (index / columns * (cellHeight + CaptionHeight + Gap));
            if (cells[index].Picture is { } picture)
            {
                Place(sheet, picture, left, top);
            }
            if (CaptionHeight > 0 && Caption.Draw(cells[index].Caption, cellWidth, CaptionHeight) is { } caption)
            {
                // A little below the picture, so that no letter touches it.
                Place(sheet, caption, left, top + cellHeight + Math.Min(2, Gap));
            }
        }
        return sheet;
    }

    /// <summary>The pictures of a sheet that was drawn with these settings.</summary>
    /// <param name="sheet">As <see cref="Draw"/> gave it.</param>
    /// <param name="cells">How many it was drawn of.</param>
    public IReadOnlyList<Picture> Cut(Picture sheet, int cells)
    {
        int columns = Math.Min(Columns, cells);
        int rows = (cells + columns - 1) / columns;
        int width = ((sheet.Width - Gap) / columns) - Gap;
        int height = ((sheet.Height - Gap) / rows) - Gap - CaptionHeight;
        return [.. Enumerable.Range(0, cells).Select(index => Piece(
            sheet, Gap + (index % columns * (width + Gap)), Gap + (index / columns * (height + CaptionHeight + Gap)), width, height))];
    }

    private static Picture Piece(Picture sheet, int left, int top, int width, int height)
    {
        var piece = new Picture(width, height, new byte[3 * width * height]);
        for (int row = 0; row < height; row++)
        {
            sheet.Rgb.AsSpan(3 * (((top + row) * sheet.Width) + left), 3 * width).CopyTo(piece.Rgb.AsSpan(3 * row * width));
        }
        return piece;
    }

    private static void Place(Picture sheet, Picture picture, int left, int top)
    {
        for (int row = 0; row < picture.Height; row++)
        {
            picture.Rgb.AsSpan(3 * row * picture.Width, 3 * picture.Width)
                .CopyTo(sheet.Rgb.AsSpan(3 * (((top + row) * sheet.Width) + left)));
        }
    }
}
