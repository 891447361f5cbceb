using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;
using Labeler.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

public sealed class ImageTests(WebHost host) : IClassFixture<WebHost>
{
    private FileStore Files => host.Services.GetRequiredService<FileStore>();

    [Fact]
    public async Task A_picture_comes_as_a_small_webp_that_browsers_may_keep_for_ever()
    {
        var hash = await Files.Put(new Picture(1200, 600, new byte[1200 * 600 * 3]).ToPng());
        using var browser = await host.SignedIn("looker", Role.Annotator);
        foreach (var _ in new[] { "made", "kept" })
        {
            var answer = await browser.GetAsync($"/api/images/{hash}/512.webp");
            Assert.Equal("image/webp", answer.Content.Headers.ContentType!.MediaType);
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString());
            var header = PictureHeader.Read(await answer.Content.ReadAsByteArrayAsync());
            Assert.Equal((PictureFormat.WebP, 512, 256), (header.Format, header.Width, header.Height));
        }
    }

    [Fact]
    public async Task The_original_has_every_pixel_but_not_the_text_that_names_the_model()
    {
        var picture = DrawnPicture.Draw(1, 2, 3);
        var hash = await Files.Put(picture.ToPng([KeyValuePair.Create("model", "mirror-world, epoch 4")]));
        using var browser = await host.SignedIn("zoomer", Role.Annotator);
        var file = await browser.GetByteArrayAsync($"/api/images/{hash}/original");
        Assert.Empty(PngComments.Of(file));
        Assert.Equal(picture.Rgb, Picture.Decode(file).Rgb);
    }

    [Fact]
    public async Task Only_pictures_of_known_sizes_are_served()
    {
        var trajectory = await Files.Put("not a picture"u8.ToArray());
        var picture = await Files.Put(DrawnPicture.Draw(1, 2, 4).ToPng());
        using var browser = await host.SignedIn("explorer", Role.Annotator);
        foreach (var address in new[] { $"{trajectory}/256.webp", $"{trajectory}/original", $"{picture}/257.webp", $"{new string('0', 64)}/256.webp", "..%2f..%2flabeler.db/original", "x/256.webp" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/api/images/{address}")).StatusCode);
        }
    }

    [Fact]
    public async Task A_damaged_picture_is_answered_with_a_reason()
    {
        var whole = DrawnPicture.Draw(1, 2, 5).ToPng();
        var hash = await Files.Put(whole.AsMemory(0, whole.Length / 2));
        using var browser = await host.SignedIn("finder of damage", Role.Annotator);
        var answer = await browser.GetAsync($"/api/images/{hash}/256.webp");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Fact]
    public async Task A_stranger_sees_no_picture()
    {
        var hash = await Files.Put(DrawnPicture.Draw(1, 2, 6).ToPng());
        using var stranger = host.Browser();
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync($"/api/images/{hash}/256.webp")).StatusCode);
    }
}
