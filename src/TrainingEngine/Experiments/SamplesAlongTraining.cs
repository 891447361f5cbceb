using Labeler.Shared.Comparisons;
using Labeler.Shared.Imaging;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>What one run drew along its training.</summary>
/// <param name="Name">What learned; empty where a run is one thing.</param>
/// <param name="Sheets">From the base model on: when it was, and the file of its evaluation pictures.</param>
public sealed record SheetSeries(string Name, IReadOnlyList<(string When, string File)> Sheets);

/// <summary>
/// Samples along training in one picture (as D3PO's figure 2): a row is one prompt and noise, a column one epoch; series
/// stand below each other. Of many epochs the first, the last and some evenly between are taken.
/// </summary>
/// <param name="sheets">How the evaluation sheets were drawn.</param>
/// <param name="cells">Of how many pictures.</param>
public sealed class SamplesAlongTraining(ContactSheet sheets, int cells)
{
    private const int MostColumns = 8, Enlargement = 2, LineHeight = 14, LongestInALine = 20;

    /// <summary>Draws it and keeps it in the folder, where the comparison page finds it.</summary>
    /// <param name="rows">Pictures of each series.</param>
    public void Write(string folder, IReadOnlyList<SheetSeries> series, int rows) =>
        AtomicFile.Write(Path.Combine(folder, RunFiles.SheetName), Draw(series, rows).ToPng());

    private Picture Draw(IReadOnlyList<SheetSeries> series, int rows)
    {
        int columns = Math.Min(MostColumns, series.Max(one => one.Sheets.Count));
        ContactSheet.Cell[] drawn = [.. series.SelectMany(one => Cells(one, rows, columns))];
        return new ContactSheet(columns,
            CaptionHeight: LineHeight * (drawn.Any(cell => cell.Caption?.Length > LongestInALine) ? 2 : 1)).Draw(drawn);
    }

    private IEnumerable<ContactSheet.Cell> Cells(SheetSeries one, int rows, int columns)
    {
        var chosen = Evenly.Of(one.Sheets, MostColumns)
            .Select(sheet =>
                (Caption: one.Name.Length == 0 ? sheet.When : $"{one.Name}, {sheet.When}",
                    Pictures: sheets.Cut(Picture.Decode(File.ReadAllBytes(sheet.File)), cells))).ToList();
        return Enumerable.Range(0, Math.Min(rows, cells)).SelectMany(row => Enumerable.Range(0, columns)
            .Select(column =>
                column < chosen.Count ? new ContactSheet.Cell(Enlarged(chosen[column].Pictures[row]), chosen[column].Caption) : default));
    }

    // Each pixel a square: what the model drew, unsmoothed.
    private static Picture Enlarged(Picture picture)
    {
        var large =
            new Picture(picture.Width * Enlargement, picture.Height * Enlargement,
                new byte[picture.Rgb.Length * Enlargement * Enlargement]);
        for (int row = 0; row < large.Height; row++)
        {
            for (int column = 0; column < large.Width; column++)
            {
                picture.Rgb.AsSpan(3 * ((row / Enlargement * picture.Width) + (column / Enlargement)), 3)
                    .CopyTo(large.Rgb.AsSpan(3 * ((row * large.Width) + column)));
            }
        }

        return large;
    }
}
