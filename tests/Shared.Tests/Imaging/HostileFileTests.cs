using System.Text;
using Labeler.Shared.Imaging;
using Labeler.Tests.Support;

namespace Labeler.Shared.Tests.Imaging;

public sealed class HostileFileTests
{
    [Fact]
    public void A_header_that_announces_forty_thousand_and_one_pixels_is_refused_before_decoding()
    {
        byte[] lie = Pictures.Png(40_001, 1, colorType: 2, [0]);

        var refusal = Assert.Throws<PictureException>(() => Picture.Decode(lie));

        Assert.Equal(PictureProblem.TooLarge, refusal.Problem);
        Assert.Equal("the image is 40001 x 1 pixels; sides up to 40000 are accepted", refusal.Message);
    }

    [Fact]
    public void A_header_that_announces_more_than_a_hundred_megapixels_is_refused_for_thumbnails_too()
    {
        byte[] bomb = Pictures.Png(20_000, 20_000, colorType: 2, new byte[100_000]);

        Assert.Equal(PictureProblem.TooLarge, Assert.Throws<PictureException>(() => Picture.Decode(bomb)).Problem);
        Assert.Equal(PictureProblem.TooLarge, Assert.Throws<PictureException>(() => Thumbnail.WebP(bomb, 64)).Problem);
    }

    [Fact]
    public void A_file_beyond_the_limit_in_bytes_is_refused()
    {
        byte[] png = Pictures.Gradient(64, 64).ToPng();

        var refusal = Assert.Throws<PictureException>(() => Picture.Decode(png, PictureLimits.Default with { MaxBytes = 100 }));

        Assert.Equal(PictureProblem.TooLarge, refusal.Problem);
    }

    [Fact]
    public void Truncated_files_of_every_format_are_refused_in_one_line()
    {
        Picture picture = Pictures.Gradient(200, 150);
        foreach (byte[] file in new[] { picture.ToPng(), picture.ToJpeg(), Pictures.WebP(picture), TaggedPicture.Of("avif") })
        {
            foreach (int length in new[] { 12, file.Length / 4, file.Length / 2, file.Length - 40 })
            {
                byte[] cut = file[..length];
                Assert.DoesNotContain('\n', Refusal(() => Picture.Decode(cut)).Message);
                Assert.DoesNotContain('\n', Refusal(() => Thumbnail.WebP(cut, 32)).Message);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, I am a text file called photo.png")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")]
    [InlineData("%PDF-1.4\n1 0 obj")]
    [InlineData("II*\0")]
    public void Files_that_are_no_picture_are_refused_whatever_their_name(string content)
    {
        var refusal = Assert.Throws<PictureException>(() => Picture.Decode(Encoding.Latin1.GetBytes(content)));

        Assert.Equal(PictureProblem.NotAnImage, refusal.Problem);
    }

    [Fact]
    public void Animations_are_refused_unless_the_first_frame_is_asked_for()
    {
        byte[] gif = Pictures.Gif(frames: 3);

        Assert.Equal(PictureProblem.Animated, Assert.Throws<PictureException>(() => Picture.Decode(gif)).Problem);
        Assert.Equal((255, 0, 0), Picture.Decode(gif, PictureLimits.Default with { FirstFrame = true }).At(0, 0));
        Assert.Equal((255, 0, 0), Picture.Decode(Pictures.Gif(frames: 1)).At(0, 0));
    }

    [Fact]
    public void An_animated_png_is_an_animation()
    {
        byte[] still = Pictures.Gradient(4, 4).ToPng();
        using var control = new MemoryStream();
        PngChunks.Write(control, "acTL", [0, 0, 0, 2, 0, 0, 0, 0]);
        byte[] moving = [.. still[..33], .. control.ToArray(), .. still[33..]];

        Assert.Equal(PictureProblem.Animated, Assert.Throws<PictureException>(() => Picture.Decode(moving)).Problem);
    }

    [Fact]
    public void Every_single_flipped_byte_is_a_picture_or_a_refusal_and_never_a_crash()
    {
        Picture picture = Pictures.Gradient(24, 16);
        foreach (byte[] file in new[] { picture.ToPng(), picture.ToJpeg(), Pictures.WebP(picture), Pictures.Gif(2), Tiff, TaggedPicture.Of("avif")[..^1] })
        {
            for (int at = 0; at < file.Length; at += 3)
            {
                var damaged = (byte[])file.Clone();
                damaged[at] ^= 0xFF;
                try
                {
                    Picture read = Picture.Decode(damaged);
                    Assert.InRange((long)read.Width * read.Height, 1, PictureLimits.Default.MaxPixels);
                }
                catch (PictureException refusal)
                {
                    Assert.DoesNotContain('\n', refusal.Message);
                }
            }
        }
    }

    [Fact]
    public void Decoding_refusing_and_shrinking_hundreds_of_times_keeps_memory_flat()
    {
        byte[] good = Pictures.Gradient(512, 512).ToJpeg();
        byte[] bad = good[..(good.Length / 2)];
        void Work()
        {
            for (int round = 0; round < 40; round++)
            {
                _ = Picture.Decode(good);
                _ = Thumbnail.WebP(good, 32);
                _ = Refusal(() => Picture.Decode(bad));
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Work();
        long before = Environment.WorkingSet;
        Work();
        Work();

        // 80 leaked pictures of 768 KiB would be 60 MiB.
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 30L << 20);
    }

    /// <summary>Red pixels, 8 x 1, with the directory behind them (TIFF 6.0, section 2).</summary>
    private static byte[] Tiff
    {
        get
        {
            const int rows = 24, at = 8 + rows;
            (short Tag, short Type, int Count, int Value)[] tags =
            [
                (256, 3, 1, 8), (257, 3, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, 1), (279, 4, 1, rows),
            ];
            return
            [
                .. "II"u8, 42, 0, at, 0, 0, 0, .. Enumerable.Repeat<byte[]>([255, 0, 0], 8).SelectMany(pixel => pixel), (byte)tags.Length, 0,
                .. tags.SelectMany(tag => (byte[])[.. BitConverter.GetBytes(tag.Tag), .. BitConverter.GetBytes(tag.Type), .. BitConverter.GetBytes(tag.Count), .. BitConverter.GetBytes(tag.Value)]),
                0, 0, 0, 0,
            ];
        }
    }

    private static PictureException Refusal(Action action) => Assert.Throws<PictureException>(action);
}
