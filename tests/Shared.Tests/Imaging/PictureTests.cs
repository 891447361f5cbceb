using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Tests.Imaging;

public sealed class PictureTests
{
    private static readonly string Rewards = Path.Combine(AppContext.BaseDirectory, "Imaging", "rewards");

    [Fact]
    public void A_png_gives_back_the_pixels_that_went_in()
    {
        Picture drawn = Pictures.Gradient(37, 23);

        Picture read = Picture.Decode(drawn.ToPng());

        Assert.Equal((37, 23), (read.Width, read.Height));
        Assert.Equal(drawn.Rgb, read.Rgb);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_jpeg_at_quality_95_is_byte_for_byte_pillows(int index)
    {
        using var rewards = JsonDocument.Parse(File.ReadAllText(Path.Combine(Rewards, "jpeg_rewards.json")));
        double reward = rewards.RootElement.GetProperty("jpeg_compressibility")[index].GetDouble();
        byte[] jpeg = Picture.Decode(File.ReadAllBytes(Path.Combine(Rewards, $"reward_{index}.png"))).ToJpeg();

        Assert.Equal(-reward * 1000, jpeg.Length, tolerance: 0.5);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Rewards, $"reward_{index}.q95.jpg")), jpeg);
    }

    [Fact]
    public void Webp_and_jpeg_are_read_back_close_to_what_was_written()
    {
        Picture drawn = Pictures.Gradient(64, 48);

        foreach (byte[] file in new[] { Pictures.WebP(drawn, 95), drawn.ToJpeg() })
        {
            Picture read = Picture.Decode(file);
            double error = drawn.Rgb.Zip(read.Rgb, (a, b) => Math.Abs(a - b)).Average();
            Assert.InRange(error, 0.0, 4.0);
        }
    }

    [Fact]
    public void A_header_is_read_without_decoding()
    {
        Assert.Equal(new PictureHeader(PictureFormat.Png, 37, 23, false), PictureHeader.Read(Pictures.Gradient(37, 23).ToPng()));
        Assert.Equal(new PictureHeader(PictureFormat.WebP, 37, 23, false), PictureHeader.Read(Pictures.WebP(Pictures.Gradient(37, 23))));
    }

    [Fact]
    public void Transparency_is_laid_over_black_and_gray_becomes_color()
    {
        // One half-transparent white pixel, gray with alpha.
        byte[] png = Pictures.Png(width: 1, height: 1, colorType: 4, [0, 255, 128]);

        Assert.Equal((128, 128, 128), Picture.Decode(png).At(0, 0));
    }

    [Fact]
    public void Pixels_of_the_wrong_number_are_refused() =>
        Assert.Throws<ArgumentException>(() => new Picture(2, 2, new byte[11]));

    [Fact]
    public void Equal_bytes_have_equal_hashes_in_memory_and_from_a_stream()
    {
        byte[] bytes = Pictures.Gradient(5, 5).ToPng();

        Assert.Equal(ContentHash.Of(bytes), ContentHash.Of(new MemoryStream(bytes)));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ContentHash.Of([]));
    }
}
