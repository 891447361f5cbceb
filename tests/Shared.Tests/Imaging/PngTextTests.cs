using Labeler.Shared.Imaging;
using Labeler.Tests.Support;

namespace Labeler.Shared.Tests.Imaging;

public sealed class PngTextTests
{
    [Fact]
    public void Text_in_any_language_comes_back_and_the_pixels_stay()
    {
        Picture picture = Pictures.Gradient(9, 7);
        var text = new Dictionary<string, string> { ["parameters"] = "eine Hand — 手 🖐\nSteps: 20", ["empty"] = "" };

        byte[] png = picture.ToPng(text);

        Assert.Equal(text, PngComments.Of(png));
        Assert.Equal(picture.Rgb, Picture.Decode(png).Rgb);
    }

    [Theory]
    [InlineData("")]
    [InlineData("手")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    public void A_key_that_png_cannot_hold_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => Pictures.Gradient(3, 3).ToPng([KeyValuePair.Create(key, "text")]));

    [Fact]
    public void A_picture_without_text_has_none() => Assert.Empty(PngComments.Of(Pictures.Gradient(3, 3).ToPng()));
}
