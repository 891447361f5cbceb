using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;

namespace Labeler.Web.Tests;

/// <summary>Who is shown around where, and how often.</summary>
public sealed class TourTests(WebHost host) : IClassFixture<WebHost>
{
    [Theory]
    [InlineData(Role.Annotator, "/label"), InlineData(Role.Lead, "/projects"), InlineData(Role.Admin, "/projects")]
    public async Task Everybody_is_shown_around_once_where_their_day_begins_and_nowhere_else(string role, string start)
    {
        using var browser = await host.SignedIn($"New {role}", role);
        var tour = await Tour(browser, start);
        Assert.Equal((role, true), (tour!.GetAttribute("data-name"), tour.HasAttribute("data-start")));
        Assert.Null(await Tour(browser, "/account"));
        Assert.Equal(HttpStatusCode.NoContent, (await browser.Post("/account", "/account/tour", ("tour", role))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.Post("/account", "/account/tour", ("tour", role))).StatusCode);
        Assert.False((await Tour(browser, start))!.HasAttribute("data-start"));
        // Another device, and asked for again.
        using var other = host.Browser();
        await other.SignIn($"New {role}");
        Assert.False((await Tour(other, start))!.HasAttribute("data-start"));
        Assert.True((await Tour(other, start + "?tour"))!.HasAttribute("data-start"));
    }

    [Fact]
    public async Task The_labeling_page_has_a_tour_of_its_own()
    {
        await using var seeded = await SeededProject.Create(host.Data, "First time", LabelingTask.FlagBatch, groups: 1);
        using var browser = await host.SignedIn("Beginner", Role.Annotator);
        Assert.Equal("labeling", (await Tour(browser, "/p/first-time/label"))!.GetAttribute("data-name"));
        await browser.Post("/account", "/account/tour", ("tour", "labeling"));
        Assert.False((await Tour(browser, "/p/first-time/label"))!.HasAttribute("data-start"));
        Assert.True((await Tour(browser, "/label"))!.HasAttribute("data-start"));
    }

    [Fact]
    public async Task Where_tours_do_not_start_by_themselves_they_can_still_be_asked_for()
    {
        await using var quiet = new WebHost { Settings = [("Tours:Start", "false")] };
        using var browser = await quiet.SignedIn("Quiet", Role.Annotator);
        Assert.False((await Tour(browser, "/label"))!.HasAttribute("data-start"));
        Assert.True((await Tour(browser, "/label?tour"))!.HasAttribute("data-start"));
    }

    [Fact]
    public async Task A_tour_that_there_is_not_is_not_remembered()
    {
        using var browser = await host.SignedIn("Odd", Role.Annotator);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Post("/account", "/account/tour", ("tour", "none"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/account/tour", new FormUrlEncodedContent([new("tour", "lead")]))).StatusCode);
    }

    private static async Task<IElement?> Tour(HttpClient browser, string address) =>
        ((IHtmlDocument)new HtmlParser().ParseDocument(await browser.GetStringAsync(address))).GetElementById("tour");
}
