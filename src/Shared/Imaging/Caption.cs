using System.Security;

namespace Labeler.Shared.Imaging;

/// <summary>Text as a picture, black on white, in the sans-serif font that comes with the program.</summary>
public static class Caption
{
    /// <summary>The text wrapped and fitted into a box, or null when there is none.</summary>
    public static Picture? Draw(string text, int width, int height)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }
        const int DotsPerInch = 72;
        int points = Math.Max(6, Math.Min(11, height - 3));
        return Vips.Run("the caption cannot be drawn", () =>
        {
            using NetVips.Image mask = NetVips.Image.Text(
                SecurityElement.Escape(text.Trim()), $"{CaptionFont.Family} {points}", width: width, dpi: DotsPerInch,
                    fontfile: CaptionFont.File);
            return BlackOnWhite(mask.ToPicture(), width, height);
        });
    }

    /// <summary>Turns the white-on-black mask around and clips it to the box.</summary>
    private static Picture BlackOnWhite(Picture mask, int width, int height)
    {
        var (columns, rows) = (Math.Min(width, mask.Width), Math.Min(height, mask.Height));
        var caption = new Picture(columns, rows, new byte[3 * columns * rows]);
        for (int row = 0; row < rows; row++)
        {
            for (int at = 0; at < 3 * columns; at++)
            {
                caption.Rgb[(3 * row * columns) + at] = (byte)(255 - mask.Rgb[(3 * row * mask.Width) + at]);
            }
        }
        return caption;
    }
}
