using Bunit;
using Labeler.Web.Components;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

public sealed class NoticeLineTests : BunitContext
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()).BuildServiceProvider();

    public NoticeLineTests() => Services.AddLocalization();

    [Fact]
    public void Nothing_is_shown_where_nothing_was_told() => Assert.Equal("", Show(Request(null)).Markup.Trim());

    [Fact]
    public void A_notice_is_shown_as_text_with_its_link_and_its_cookie_goes()
    {
        var answered = Request(null);
        answered.Tell(new("The account of <b>Bo</b> has a new link.", Link: "https://here/reset?a&b"));
        var request = Request(Cookie(answered));
        var line = Show(request);
        Assert.Equal("status", line.Find(".notice.good").GetAttribute("role"));
        Assert.StartsWith("The account of <b>Bo</b> has a new link.", line.Find(".notice div").TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal(("https://here/reset?a&b", "https://here/reset?a&b"), (line.Find("code").TextContent, line.Find("button").GetAttribute("data-copy")));
        Assert.Equal("notice=", Cookie(request));
    }

    [Fact]
    public void A_bad_notice_is_an_alert_without_a_link()
    {
        var answered = Request(null);
        answered.Tell(new("The last admin stays.", Tone.Bad));
        var line = Show(Request(Cookie(answered)));
        Assert.Equal("alert", line.Find(".notice.bad").GetAttribute("role"));
        Assert.Empty(line.FindAll("button"));
    }

    [Fact]
    public void A_notice_that_this_application_did_not_write_is_not_shown() => Assert.Equal("", Show(Request("notice=CfDJ8AAAA")).Markup.Trim());

    protected override void Dispose(bool disposing)
    {
        _services.Dispose();
        base.Dispose(disposing);
    }

    private IRenderedComponent<NoticeLine> Show(HttpContext request) => Render<NoticeLine>(line => line.AddCascadingValue(request));

    private DefaultHttpContext Request(string? cookie)
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Request.Headers.Cookie = cookie;
        return context;
    }

    /// <summary>What a browser sends after this answer.</summary>
    private static string Cookie(HttpContext answered)
    {
        var cookie = Assert.Single(answered.Response.GetTypedHeaders().SetCookie);
        return $"{cookie.Name}={cookie.Value}";
    }
}
