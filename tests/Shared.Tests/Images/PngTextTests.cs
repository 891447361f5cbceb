using System.IO.Compression;
using System.Text;
using Labeler.Shared.Images;

namespace Labeler.Shared.Tests.Images;

public sealed class PngTextTests
{
    [Fact]
    public void Text_in_any_language_comes_back_and_the_pixels_stay()
    {
        Picture picture = Pictures.Gradient(9, 7);
        var text = new Dictionary<string, string> { ["parameters"] = "eine Hand — 手 🖐\nSteps: 20", ["empty"] = "" };

        byte[] png = picture.ToPng(text);

        Assert.Equal(text, PngText.Read(png));
        Assert.Equal(picture.Rgb, Picture.Decode(png).Rgb);
    }

    [Fact]
    public void Latin_and_compressed_chunks_of_other_writers_are_read()
    {
        byte[] png = Pictures.Gradient(3, 3).ToPng();
        using var chunks = new MemoryStream();
        PngChunks.Write(chunks, "tEXt", [.. "Software"u8, 0, .. Encoding.Latin1.GetBytes("Müller")]);
        PngChunks.Write(chunks, "zTXt", [.. "Comment"u8, 0, 0, .. Deflated("long text"u8)]);
        PngChunks.Write(chunks, "iTXt", [.. "Title"u8, 0, 1, 0, (byte)'d', (byte)'e', 0, (byte)'T', 0, .. Deflated("手"u8)]);
        byte[] written = [.. png[..33], .. chunks.ToArray(), .. png[33..]];

        IReadOnlyDictionary<string, string> text = PngText.Read(written);

        Assert.Equal(("Müller", "long text", "手"), (text["Software"], text["Comment"], text["Title"]));
    }

    [Fact]
    public void A_text_bomb_is_left_out()
    {
        byte[] png = Pictures.Gradient(3, 3).ToPng();
        using var chunk = new MemoryStream();
        PngChunks.Write(chunk, "zTXt", [.. "bomb"u8, 0, 0, .. Deflated(new byte[8 << 20])]);

        Assert.Empty(PngText.Read([.. png[..33], .. chunk.ToArray(), .. png[33..]]));
    }

    [Fact]
    public void Files_that_are_no_png_have_no_text() => Assert.Empty(PngText.Read(Pictures.Gradient(3, 3).ToJpeg()));

    private static byte[] Deflated(ReadOnlySpan<byte> data)
    {
        using var target = new MemoryStream();
        using (var deflate = new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(data);
        }

        return target.ToArray();
    }
}
