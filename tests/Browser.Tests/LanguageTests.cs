using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Accounts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class LanguageTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task An_annotator_changes_to_Chinese_judges_a_group_takes_it_back_and_changes_to_English_again()
    {
        var project = await fixture.Seed("Chinese hands", groups: 3);
        await using var lan = await fixture.Invited("Lan");
        await lan.Go("/label");
        await lan.Page.Locator(".topbar .dropdown > summary").ClickAsync();
        await lan.Page.GetByRole(AriaRole.Button, new() { Name = "简体中文" }).ClickAsync();
        await Expect(lan.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-Hans");
        await Expect(lan.Page.Locator("h1")).ToHaveTextAsync("选择要标注的项目");
        await lan.Take("chinese-label");
        var screen = await LabelingScreen.Open(lan, project);
        await screen.Press("2", "5");
        await Expect(screen.Tile(2)).ToHaveAttributeAsync("aria-label", "图片 2：畸形");
        await Expect(lan.Page.Locator("[data-signal]")).ToContainTextAsync("10 对");
        await lan.Take("chinese-flag");
        await screen.Press("Enter");
        await screen.Ready();
        await screen.AllSaved();
        await Expect(screen.Saved).ToHaveTextAsync("已保存");
        Assert.Equal(2, Assert.Single(await screen.Stored()).Flagged);
        await screen.Press("Space");
        await Expect(lan.Page.Locator("dialog[open] h2")).ToHaveTextAsync("不确定：原因是？");
        await lan.Page.GetByRole(AriaRole.Button, new() { Name = "无法判断" }).ClickAsync();
        await screen.Ready();
        await screen.AllSaved();
        // A vote keeps the words of one language, whoever gave it.
        Assert.Equal("Cannot tell", Assert.IsType<Labeler.Shared.Voting.SkipVerdict>((await screen.Stored())[^1].Verdict).Reason);
        await screen.Press("?");
        await Expect(lan.Page.Locator("dialog[open]")).ToContainTextAsync("提交：其余正常");
        await Expect(lan.Page.Locator("dialog[open] kbd:empty")).ToHaveCountAsync(0);
        await lan.Take("chinese-keys");
        await screen.Press("Escape");
        await lan.Go($"/p/{project.Project.Slug}/label/history");
        await Expect(lan.Page.Locator(".history li")).ToHaveCountAsync(2);
        await Expect(lan.Page.Locator(".history")).ToContainTextAsync("2 张畸形");
        await lan.Take("chinese-history");
        await lan.Go("/account");
        await lan.Take("chinese-account", fullPage: true);
        await lan.Page.GetByLabel("语言").SelectOptionAsync("en");
        await lan.Page.GetByRole(AriaRole.Button, new() { Name = "保存资料" }).ClickAsync();
        await Expect(lan.Page.Locator("h1")).ToHaveTextAsync("Your account");
    }

    [Fact]
    public async Task The_palette_finds_pages_by_their_Chinese_and_their_English_names()
    {
        await using var lead = await fixture.Invited("Lei", Role.Lead);
        await lead.Go("/account");
        await lead.Page.GetByLabel("Language").SelectOptionAsync("zh-Hans");
        await lead.Page.GetByRole(AriaRole.Button, new() { Name = "Save the profile" }).ClickAsync();
        await Expect(lead.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-Hans");
        await lead.Go("/projects");
        foreach (var typed in new[] { "排行", "leaderb" })
        {
            await lead.Page.Keyboard.PressAsync("Control+k");
            await lead.Page.Locator("#palette [role=combobox]").FillAsync(typed);
            await Expect(lead.Page.Locator("#places a").First).ToContainTextAsync("排行榜");
            await lead.Page.Keyboard.PressAsync("Escape");
        }
    }

    [Fact]
    public async Task A_stranger_signs_in_in_Chinese()
    {
        await using var lan = await fixture.Invited("Luo");
        // Pictures that still load would be refused.
        await lan.Go("/account");
        await lan.SignOut();
        await lan.Page.GetByRole(AriaRole.Button, new() { Name = "简体中文" }).ClickAsync();
        await Expect(lan.Page.Locator("h1")).ToHaveTextAsync("登录");
        await lan.Take("chinese-sign-in");
        await lan.Page.GetByLabel("用户名").FillAsync("Luo");
        await lan.Page.GetByLabel("密码").FillAsync(People.Password);
        await lan.Page.GetByRole(AriaRole.Button, new() { Name = "登录", Exact = true }).ClickAsync();
        await Expect(lan.Page.Locator("h1")).ToHaveTextAsync("选择要标注的项目");
    }

    [Fact]
    public async Task Without_ICU_pages_are_Chinese_all_the_same()
    {
        await using var server = await LabelerServer.Start(new Dictionary<string, string> { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" }, "Trainer:Start=false");
        using var client = new HttpClient { BaseAddress = new(server.Address) };
        client.DefaultRequestHeaders.Add("Accept-Language", "zh-CN");
        var page = await client.GetStringAsync("/sign-in");
        Assert.Contains("<html lang=\"zh-Hans\"", page, StringComparison.Ordinal);
        Assert.Contains("登录", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }
}
