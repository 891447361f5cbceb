using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;

namespace Labeler.Web.Tests.Languages;

/// <summary>Whether a page is Chinese as a whole: what stands in it in Latin letters is a name, a key or a unit.</summary>
public sealed class ChinesePageTests(WebHost host) : IClassFixture<WebHost>
{
    // Names of people and things, keys of the keyboard, and what the seeded project calls itself.
    private static readonly string[] Names = ["Labeler", "English", "Backspace", "Enter", "Esc", "Ctrl", "UTC", "Zhang", "Hands", "FlagBatch", "PreferPair", "Rank"];

    private static readonly string[] Said = ["title", "aria-label", "placeholder", "alt", "data-confirm", "data-commit", "data-last"];

    [Theory]
    [InlineData(LabelingTask.FlagBatch), InlineData(LabelingTask.PreferPair), InlineData(LabelingTask.Rank)]
    public async Task Nothing_on_an_annotator_s_pages_is_left_in_English(LabelingTask task)
    {
        await using var seeded = await SeededProject.Create(host.Data, $"Hands {task}", task, groups: 2, settings: new() { Flags = FlagKinds.Deformed | FlagKinds.Unsafe });
        using var client = await AnnotatorClient.Open(host, $"Zhang {task}");
        await client.Http.Post("/label", "/language", ("language", "zh-Hans"), ("back", "/"));
        if (task == LabelingTask.FlagBatch)
        {
            await client.Send(AnnotatorClient.Flag(seeded.Project.Id, (await client.Items(seeded.Project.Id))[0], Guid.NewGuid(), 1, 2));
        }
        var slug = seeded.Project.Slug;
        None(await English(client.Http, "/label", "/account", "/account/two-factor", "/account/passkeys", $"/p/{slug}/label", $"/p/{slug}/label/history", "/p/none/label", "/error/404", "/error/503"));
    }

    [Fact]
    public async Task Nothing_that_a_stranger_sees_is_left_in_English()
    {
        using var stranger = host.Browser();
        stranger.DefaultRequestHeaders.Add("Accept-Language", "zh-CN");
        var invitation = await host.With<LabelerDb, string>(async db =>
        {
            var written = Invitation.Write(db, Role.Annotator, null, "", DateTimeOffset.UtcNow);
            await db.SaveChangesAsync();
            return written;
        });
        None(await English(stranger, "/sign-in", $"/invitation/{invitation}", "/invitation/none", $"/reset/{Guid.NewGuid()}?token=x", "/error/404"));
    }

    private static async Task<IEnumerable<string>> English(HttpClient browser, params string[] addresses)
    {
        var shown = new List<(string Page, string Text)>();
        foreach (var address in addresses)
        {
            var html = await (await browser.GetAsync(address)).Content.ReadAsStringAsync();
            // What templates hold is shown later.
            var page = new HtmlParser().ParseDocument(html.Replace("<template", "<div", StringComparison.Ordinal).Replace("</template", "</div", StringComparison.Ordinal));
            Assert.Equal("zh-Hans", page.DocumentElement.GetAttribute("lang"));
            shown.AddRange(Shown(page).Select(text => (address, text)));
        }
        Assert.NotEmpty(shown);
        return SameInChinese.Left(shown, text => SameInChinese.Words(text).Except(Names));
    }

    /// <summary>What people see of a page, or hear read from it.</summary>
    private static IEnumerable<string> Shown(IDocument page) =>
        page.Descendants<IText>().Where(text => text.ParentElement is not { LocalName: "script" or "style" or "kbd" or "code" or "pre" or "textarea" or "template" }).Select(text => text.Data)
            .Concat(page.All.SelectMany(element => Said.Select(element.GetAttribute).OfType<string>()));

    // One line for each, so that a failure names all of them.
    private static void None(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join("\n", wrong));
}
