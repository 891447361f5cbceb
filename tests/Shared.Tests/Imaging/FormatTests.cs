using Labeler.Shared.Imaging;
using Labeler.Tests.Support;

namespace Labeler.Shared.Tests.Imaging;

public sealed class FormatTests
{
    private const int Half = 16;

    private static readonly (byte R, byte G, byte B)[] QuarterColors = [(250, 20, 20), (20, 240, 20), (20, 20, 250), (240, 240, 240)];

    /// <summary>The quarters (0 and 1 above, 2 and 3 below) as they stand once the picture is upright (EXIF 2.32, tag 0x0112).</summary>
    [Theory]
    [InlineData(1, 0, 1, 2, 3)]
    [InlineData(2, 1, 0, 3, 2)]
    [InlineData(3, 3, 2, 1, 0)]
    [InlineData(4, 2, 3, 0, 1)]
    [InlineData(5, 0, 2, 1, 3)]
    [InlineData(6, 2, 0, 3, 1)]
    [InlineData(7, 3, 1, 2, 0)]
    [InlineData(8, 1, 3, 0, 2)]
    public void A_photograph_is_turned_upright_by_its_exif_orientation(byte orientation, params int[] expected)
    {
        byte[] file = Pictures.Oriented(Quarters(2 * Half, Half).ToJpeg(), orientation);

        Picture[] read = [Picture.Decode(file), Picture.Decode(Thumbnail.WebP(file, Half, 100)), Thumbnail.Square(file, Half)];

        (int, int) size = orientation >= 5 ? (Half, 2 * Half) : (2 * Half, Half);
        Assert.Equal(size, (read[0].Width, read[0].Height));
        Assert.All(read, picture =>
        {
            int right = picture.Width - 2, bottom = picture.Height - 2;
            Near(QuarterColors[expected[0]], picture.At(1, 1));
            Near(QuarterColors[expected[1]], picture.At(right, 1));
            Near(QuarterColors[expected[2]], picture.At(1, bottom));
            Near(QuarterColors[expected[3]], picture.At(right, bottom));
        });
    }

    [Fact]
    public void A_photograph_in_printing_colors_becomes_rgb()
    {
        // White, black, cyan, and magenta over yellow.
        byte[] file = Pictures.FromElsewhere("cmyk.jpg");

        Assert.All([Picture.Decode(file), Picture.Decode(Thumbnail.WebP(file, 32, 100)), Thumbnail.Square(file, 32)], picture =>
        {
            Near((255, 255, 255), picture.At(4, 4));
            Near((0, 0, 0), picture.At(28, 4), within: 45);
            Assert.True(picture.At(4, 28) is { R: < 80, G: > 120, B: > 180 }, $"cyan: {picture.At(4, 28)}");
            Assert.True(picture.At(28, 28) is { R: > 180, G: < 80, B: < 80 }, $"red: {picture.At(28, 28)}");
        });
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("tif")]
    [InlineData("avif")]
    public void Colors_of_a_wide_profile_are_brought_to_srgb(string kind)
    {
        byte[] file = TaggedPicture.Of(kind);

        Assert.All([Picture.Decode(file), Picture.Decode(Thumbnail.WebP(file, 32, 100)), Thumbnail.Square(file, 16)], picture =>
        {
            Near((218, 0, 27), picture.At(4, 4), within: 6);
        });
    }

    [Fact]
    public void A_heic_whose_compression_is_not_read_says_what_to_do()
    {
        byte[] file = Pictures.FromElsewhere("hevc.heic");

        Assert.All(new Action[] { () => Picture.Decode(file), () => Thumbnail.WebP(file, 8) }, read =>
            Assert.StartsWith("this HEIC cannot be read here; save it as JPEG", Assert.Throws<PictureException>(read).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_profile_that_does_not_fit_the_pixels_counts_as_none()
    {
        using var image = NetVips.Image.NewFromMemory(new byte[] { 200, 40, 40 }, 1, 1, 3, NetVips.Enums.BandFormat.Uchar);
        using var wrong = image.Mutate(one => one.Set(NetVips.GValue.BlobType, "icc-profile-data", new byte[200]));

        Near((200, 40, 40), Picture.Decode(wrong.WriteToBuffer(".tif[keep=all]")).At(0, 0), within: 0);
    }

    [Fact]
    public void Sixteen_bits_a_channel_become_eight()
    {
        byte[] color = Pictures.Png(2, 1, colorType: 2, [0, 0xFF, 0xFF, 0x80, 0x12, 0, 0, 0x40, 0xF0, 0x20, 0x01, 0x7F, 0xFF], bitDepth: 16);
        byte[] gray = Pictures.Png(2, 1, colorType: 0, [0, 0x33, 0x99, 0xFF, 0xFF], bitDepth: 16);
        byte[] half = Pictures.Png(1, 1, colorType: 6, [0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0x80, 0x00], bitDepth: 16);

        Assert.Equal([255, 128, 0, 64, 32, 127], Picture.Decode(color).Rgb);
        Assert.Equal([51, 51, 51, 255, 255, 255], Picture.Decode(gray).Rgb);
        Near((128, 128, 0), Picture.Decode(half).At(0, 0), within: 1);
        Near((255, 128, 0), Picture.Decode(Thumbnail.WebP(Pictures.Png(1, 1, colorType: 2, [0, 0xFF, 0xFF, 0x80, 0x12, 0, 0], bitDepth: 16), 8, 100)).At(0, 0));
    }

    [Fact]
    public void Pictures_of_forty_thousand_pixels_are_read_and_shrunk()
    {
        const int Longest = 40_000;
        byte[] wide = Pictures.Png(Longest, 2, colorType: 0, [0, .. Enumerable.Repeat((byte)90, Longest), 0, .. Enumerable.Repeat((byte)90, Longest)]);
        byte[] tall = Pictures.Png(2, Longest, colorType: 0, [.. Enumerable.Repeat<byte[]>([0, 90, 90], Longest).SelectMany(row => row)]);

        Picture read = Picture.Decode(wide);

        Assert.Equal((Longest, 2), (read.Width, read.Height));
        Assert.Equal((90, 90, 90), read.At(Longest - 1, 1));
        Assert.Equal((2, Longest), (Picture.Decode(tall).Width, Picture.Decode(tall).Height));
        Assert.Equal(new PictureHeader(PictureFormat.WebP, 256, 1, false), PictureHeader.Read(Thumbnail.WebP(wide, 256)));
        Assert.Equal(new PictureHeader(PictureFormat.WebP, 1, 256, false), PictureHeader.Read(Thumbnail.WebP(tall, 256)));
    }

    [Fact]
    public void An_animated_webp_is_refused_unless_its_first_frame_is_asked_for()
    {
        byte[] file = Pictures.FromElsewhere("animated.webp");

        Assert.Equal(new PictureHeader(PictureFormat.WebP, 8, 8, Animated: true), PictureHeader.Read(file));
        Assert.Equal(PictureProblem.Animated, Assert.Throws<PictureException>(() => Picture.Decode(file)).Problem);
        Assert.Equal(PictureProblem.Animated, Assert.Throws<PictureException>(() => Thumbnail.WebP(file, 4)).Problem);
        Picture first = Picture.Decode(file, PictureLimits.Default with { FirstFrame = true });
        Assert.Equal((8, 8), (first.Width, first.Height));
        Assert.Equal((255, 0, 0), first.At(7, 7));
    }

    private static Picture Quarters(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(at => QuarterColors[(2 * (at / width * 2 / height)) + (at % width * 2 / width)]).SelectMany(color => new[] { color.R, color.G, color.B })]);

    private static void Near((byte R, byte G, byte B) expected, (byte R, byte G, byte B) actual, int within = 20) =>
        Assert.True(
            Math.Abs(expected.R - actual.R) <= within && Math.Abs(expected.G - actual.G) <= within && Math.Abs(expected.B - actual.B) <= within,
            $"{actual} is not within {within} of {expected}");
}
