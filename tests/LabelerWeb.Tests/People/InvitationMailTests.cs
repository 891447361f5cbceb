using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.People;

/// <summary>Invitations as letters, with a mail server that takes them or does not.</summary>
public sealed class InvitationMailTests : IAsyncLifetime
{
    private readonly MailServer _server = new();
    private WebHost _host = null!;
    private HttpClient _admin = null!;

    public async Task InitializeAsync()
    {
        _host = new() { Settings = [("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{_server.Port}"), ("Mail:Tls", "None"), ("Mail:From", "labeler@example.org")] };
        _admin = await _host.SignedIn("Ida", Role.Admin);
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _host.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_link_is_mailed_and_whoever_has_the_letter_makes_an_account_with_it()
    {
        Assert.Contains("name=\"mailbox\"", await _admin.GetStringAsync("/people"), StringComparison.Ordinal);
        var (told, link, _) = await Invite("new@example.org");
        Assert.Equal("The link is mailed to new@example.org. It works once, for 7 days, and is shown only now.", told);
        var letter = Assert.Single(_server.Got);
        Assert.Contains("<new@example.org>", letter.To, StringComparison.Ordinal);
        Assert.Contains("Subject: You are invited to Labeler", letter.Text, StringComparison.Ordinal);
        Assert.Contains("Ida invites you to label pictures in Labeler, as lead.", letter.Text, StringComparison.Ordinal);
        var mailed = Regex.Match(letter.Text, @"^http\S+/invitation/\S+", RegexOptions.Multiline).Value.Trim();
        Assert.Equal(link, mailed);
        using var invited = _host.Browser();
        using var page = await invited.GetAsync(new Uri(mailed).PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        // Who it is for stands in the list where no note says so.
        Assert.Contains("new@example.org", await _admin.GetStringAsync("/people"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_server_does_not_take_it_the_page_says_why_and_shows_the_link_still()
    {
        _server.Answers = heard => heard == "RCPT" ? "550 no such mailbox" : null;
        var (told, link, tone) = await Invite("nobody@example.org");
        Assert.Equal("The link could not be mailed to nobody@example.org (no such mailbox). Send it yourself: it is shown only now.", told);
        Assert.Equal("warn", tone);
        Assert.Contains("/invitation/", link, StringComparison.Ordinal);
        _server.Stop();
        Assert.StartsWith("The link could not be mailed to", (await Invite("nobody@example.org")).Told, StringComparison.Ordinal);
        Assert.Equal(2, await _host.With<LabelerDb, int>(db => db.Invitations.CountAsync(i => i.InvitedBy != null)));
        Assert.Empty(_server.Got);
    }

    [Theory]
    [InlineData("a@b@example.org")]
    [InlineData("a@example.org\r\nBcc: b@example.org")]
    [InlineData("a@example.org, b@example.org")]
    public async Task An_address_that_is_not_one_plain_mailbox_invites_nobody(string mailbox)
    {
        Assert.Equal("The e-mail address is one plain mailbox, such as name@example.org.", (await Invite(mailbox)).Told);
        Assert.Equal(0, await _host.With<LabelerDb, int>(db => db.Invitations.CountAsync(i => i.InvitedBy != null)));
    }

    [Fact]
    public async Task Without_a_mail_server_the_form_has_no_field_for_an_address_and_one_that_is_sent_is_refused()
    {
        await using var host = new WebHost();
        using var admin = await host.SignedIn("Uwe", Role.Admin);
        Assert.DoesNotContain("name=\"mailbox\"", await admin.GetStringAsync("/people"), StringComparison.Ordinal);
        Assert.StartsWith("No mail server is set up yet", (await Invite("new@example.org", admin)).Told, StringComparison.Ordinal);
        Assert.StartsWith("Send this link to the new lead.", (await Invite("", admin)).Told, StringComparison.Ordinal);
    }

    private async Task<(string? Told, string? Link, string? Tone)> Invite(string mailbox, HttpClient? admin = null)
    {
        admin ??= _admin;
        admin.DefaultRequestHeaders.Referrer = new(admin.BaseAddress!, "/people");
        using var answer = await admin.Post("/people", "/people/invite", ("role", Role.Lead), ("note", ""), ("mailbox", mailbox));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var notice = new HtmlParser().ParseDocument(await admin.GetStringAsync("/people")).QuerySelector(".notice:not([hidden])");
        // The sentence alone, without the link below it.
        return (notice?.FirstElementChild?.FirstChild?.TextContent.Trim(), notice?.QuerySelector("code")?.TextContent, notice?.ClassList.FirstOrDefault(name => name is "warn" or "bad"));
    }
}
