using System.Net;
using AngleSharp.Html.Parser;
using Labeler.Tests.Support;

namespace Labeler.Web.Tests.TwoFactor;

/// <summary>Somebody with an authenticator app, as requests.</summary>
internal static class Authenticator
{
    public const string Page = "/account/two-factor";

    /// <summary>Makes a key for whoever is signed in, and reads it.</summary>
    public static async Task<string> NewKey(this HttpClient browser)
    {
        using var answer = await browser.Post(Page, $"{Page}/begin");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return new HtmlParser().ParseDocument(await browser.GetStringAsync(Page)).QuerySelector("code.key")!.TextContent;
    }

    /// <summary>Turns the second factor on; its key, and the recovery codes that the answer shows.</summary>
    public static async Task<(string Key, string[] Codes)> TurnOn(this HttpClient browser)
    {
        var key = await browser.NewKey();
        using var answer = await browser.Submit(Page, "two-factor", ("Form.Code", Totp.Code(key, -1)));
        return (key, await Codes(answer));
    }

    public static async Task<string[]> Codes(HttpResponseMessage answer) =>
        [.. new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelectorAll(".codes code").Select(code => code.TextContent)];

    /// <summary>Gives a code after the password.</summary>
    public static Task<HttpResponseMessage> Code(this HttpClient browser, string code) => browser.Submit("/sign-in/code", "code", ("Form.Code", code));

    /// <summary>The one line that says why a form was not taken.</summary>
    public static async Task<string?> Alert(this Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelector("[role=alert]")?.TextContent;
    }

    public static async Task<string> Location(this Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return new Uri(new Uri("http://localhost"), answer.Headers.Location!).PathAndQuery;
    }
}
