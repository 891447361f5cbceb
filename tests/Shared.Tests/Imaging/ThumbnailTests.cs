using Labeler.Shared.Imaging;

namespace Labeler.Shared.Tests.Imaging;

public sealed class ThumbnailTests
{
    [Fact]
    public void A_thumbnail_keeps_the_proportions_within_its_side()
    {
        byte[] jpeg = Pictures.Gradient(400, 200).ToJpeg();

        Assert.Equal(new PictureHeader(PictureFormat.WebP, 64, 32, false), PictureHeader.Read(Thumbnail.WebP(jpeg, 64)));
    }

    [Fact]
    public void A_thumbnail_never_enlarges()
    {
        PictureHeader header = PictureHeader.Read(Thumbnail.WebP(Pictures.Gradient(20, 30).ToPng(), 256));

        Assert.Equal((20, 30), (header.Width, header.Height));
    }

    [Fact]
    public void A_sheet_puts_pictures_in_rows_with_captions_below()
    {
        Picture white = new(10, 10, [.. Enumerable.Repeat((byte)255, 300)]);
        Picture red = new(10, 10, [.. Enumerable.Repeat<byte[]>([255, 0, 0], 100).SelectMany(pixel => pixel)]);

        Picture sheet = new ContactSheet(Columns: 2, Gap: 2, CaptionHeight: 12)
            .Draw([new(white), new(red, "x"), new(null), new(red), new(red, "<b> & </i>")]);

        Assert.Equal((2 + (2 * 12), 2 + (3 * 24)), (sheet.Width, sheet.Height));
        Assert.Equal((255, 0, 0), sheet.At(2 + 12, 2));
        Assert.Equal((255, 0, 0), sheet.At(2 + 12, 2 + 24));
        Assert.Equal((255, 255, 255), sheet.At(2, 2 + 24));
        Assert.Contains(Enumerable.Range(0, 120), at => sheet.At(14 + (at % 10), 12 + (at / 10)).R < 128);
        Assert.DoesNotContain(Enumerable.Range(0, 120), at => sheet.At(2 + (at % 10), 12 + (at / 10)).R < 255);
    }
}
