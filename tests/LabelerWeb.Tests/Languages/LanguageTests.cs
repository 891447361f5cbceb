using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Languages;

/// <summary>In which language somebody is answered, and what does not depend on it.</summary>
public sealed class LanguageTests(WebHost host) : IClassFixture<WebHost>
{
    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans", "登录")]
    [InlineData("zh", "zh-Hans", "登录")]
    [InlineData("zh-TW,en;q=0.5", "en", "Sign in")]
    [InlineData("en-GB,zh-CN;q=0.9", "en", "Sign in")]
    [InlineData("fr-FR, zh-SG;q=0.4", "zh-Hans", "登录")]
    [InlineData("*", "en", "Sign in")]
    public async Task A_stranger_reads_what_their_browser_asks_for(string wanted, string language, string heading)
    {
        using var stranger = host.Browser();
        stranger.DefaultRequestHeaders.Add("Accept-Language", wanted);
        var page = await Page(stranger, "/sign-in");
        Assert.Equal((language, heading), (page.DocumentElement.GetAttribute("lang"), page.QuerySelector("h1")!.TextContent));
    }

    [Fact]
    public async Task A_chosen_language_stays_with_the_account_at_another_browser_and_in_this_one_after_signing_out()
    {
        using var here = await host.SignedIn("Lin", Role.Annotator);
        Assert.Equal("en", await Language(here, "/label"));
        var answer = await here.Post("/label", "/language", ("language", "zh-Hans"), ("back", "/account"));
        Assert.Equal("/account", answer.Headers.Location!.OriginalString);
        Assert.Equal("zh-Hans", await Language(here, "/label"));
        using var there = host.Browser();
        await there.SignIn("Lin");
        Assert.Equal("zh-Hans", await Language(there, "/label"));
        await there.Post("/label", "/language", ("language", "en"), ("back", "/label"));
        Assert.Equal(1, await host.With<LabelerDb, int>(db => db.UserClaims.CountAsync(claim => claim.ClaimType == "language" && db.Users.Any(a => a.Id == claim.UserId && a.DisplayName == "Lin"))));
        await here.Post("/label", "/account/sign-out");
        Assert.Equal("zh-Hans", await Language(here, "/sign-in"));
    }

    [Fact]
    public async Task The_profile_says_the_language_and_changes_it()
    {
        using var browser = await host.SignedIn("Mei", Role.Annotator);
        await browser.Submit("/account", "profile", ("Form.Name", "Mei"), ("Form.Theme", "System"), ("Form.Language", "zh-Hans"), ("Form.Exposure", "1500"));
        Assert.Equal("zh-Hans", await Language(browser, "/account"));
        Assert.Equal(1500, await host.With<LabelerDb, int?>(db => db.Users.Where(a => a.DisplayName == "Mei").Select(a => a.DailyExposureBudget).SingleAsync()));
    }

    [Theory]
    [InlineData("de"), InlineData(""), InlineData("zh-Hans\r\nx: y"), InlineData("../en")]
    public async Task A_language_that_pages_do_not_have_is_refused(string language)
    {
        using var browser = host.Browser();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Post("/sign-in", "/language", ("language", language), ("back", "/sign-in"))).StatusCode);
    }

    [Fact]
    public async Task Choosing_a_language_needs_the_page_s_token_and_leads_to_no_stranger_s_site()
    {
        using var browser = host.Browser();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/language", new FormUrlEncodedContent([new("language", "zh-Hans")]))).StatusCode);
        var answer = await browser.Post("/sign-in", "/language", ("language", "zh-Hans"), ("back", "//elsewhere.invalid/"));
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task What_is_wrong_with_a_form_is_said_in_Chinese()
    {
        using var browser = host.Browser();
        browser.DefaultRequestHeaders.Add("Accept-Language", "zh-CN");
        var empty = Parse(await (await browser.Submit("/sign-in", "sign-in", ("Form.Name", ""), ("Form.Password", ""))).Content.ReadAsStringAsync());
        Assert.Equal(["请输入用户名。", "请输入密码。"], empty.QuerySelectorAll(".validation-message").Select(fault => fault.TextContent));
        var wrong = Parse(await (await browser.SignIn("Nobody")).Content.ReadAsStringAsync());
        Assert.Equal("用户名或密码不正确。", wrong.QuerySelector("[role=alert]")!.TextContent);
    }

    [Fact]
    public async Task Numbers_that_a_form_stores_and_files_that_are_taken_along_are_the_same_in_both_languages()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Figures", LabelingTask.FlagBatch, groups: 2, settings: new() { Training = new() { Beta = 12.5 } });
        using var client = await AnnotatorClient.Open(host, "Wei", Role.Admin);
        foreach (var item in await client.Items(seeded.Project.Id))
        {
            await client.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        }
        var epoch = await host.With<LabelerDb, long>(db => db.Epochs.Where(e => e.ProjectId == seeded.Project.Id).Select(e => e.Id).SingleAsync());
        var files = new[] { $"/epochs/{epoch}/votes.csv", $"/epochs/{epoch}/votes.jsonl", "/dashboard/figures/rates.csv", $"/api/projects/{seeded.Project.Id}/votes/recent" };
        var english = await Task.WhenAll(files.Select(client.Http.GetStringAsync));
        var fields = Forms.FieldsOf(await client.Http.GetStringAsync("/p/figures/settings"));
        await client.Http.Post("/account", "/language", ("language", "zh-Hans"), ("back", "/"));
        Assert.Equal("zh-Hans", await Language(client.Http, "/p/figures/settings"));
        Assert.Equal(english, await Task.WhenAll(files.Select(client.Http.GetStringAsync)));
        var chinese = Forms.FieldsOf(await client.Http.GetStringAsync("/p/figures/settings"));
        Assert.Equal("12.5", chinese["Training.Beta"]);
        Assert.Equal(fields.Where(field => field.Key[0] != '_'), chinese.Where(field => field.Key[0] != '_'));
        chinese["Training.Beta"] = "0.25";
        var content = new MultipartFormDataContent();
        foreach (var (name, value) in chinese)
        {
            content.Add(new StringContent(value), name);
        }
        Assert.Equal(HttpStatusCode.Found, (await client.Http.PostAsync("/p/figures/settings", content)).StatusCode);
        Assert.Equal(0.25, (await host.With<LabelerDb, Project>(db => db.Projects.AsNoTracking().SingleAsync(p => p.Slug == "figures"))).Settings.Training.Beta);
    }

    [Fact]
    public async Task The_server_s_words_about_a_vote_are_in_the_annotator_s_language()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Refused", LabelingTask.FlagBatch, groups: 1);
        using var client = await AnnotatorClient.Open(host, "Xia");
        await client.Http.Post("/account", "/language", ("language", "zh-Hans"), ("back", "/"));
        using var answer = await client.Post(AnnotatorClient.Undo(seeded.Project.Id, 1, Guid.NewGuid()));
        Assert.Equal("要撤销的投票还没有送达。", (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["results"]![0]!["message"]!);
    }

    private static async Task<string?> Language(HttpClient browser, string address) => (await Page(browser, address)).DocumentElement.GetAttribute("lang");

    private static async Task<AngleSharp.Html.Dom.IHtmlDocument> Page(HttpClient browser, string address) => Parse(await browser.GetStringAsync(address));

    private static AngleSharp.Html.Dom.IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);
}
