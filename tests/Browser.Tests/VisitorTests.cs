using Xunit.Sdk;

namespace Labeler.Browser.Tests;

/// <summary>What the other tests rely on: that a visitor tells of what a page should not do.</summary>
[Collection(nameof(Browsing))]
public sealed class VisitorTests(Browsing browsing)
{
    [Theory]
    [InlineData("() => { document.head.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' })); }", "style-src")]
    [InlineData("() => { document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.x = 1' })); }", "script-src")]
    [InlineData("() => { document.body.append(Object.assign(new Image(), { src: 'http://192.0.2.1/x.png' })); }", "http://192.0.2.1/x.png")]
    public async Task What_the_policy_forbids_is_told_of(string script, string named)
    {
        Assert.Contains(named, await Told(script, bypass: false));
    }

    [Theory]
    [InlineData("() => fetch('http://127.0.0.1:9/elsewhere').catch(() => { })", "http://127.0.0.1:9/elsewhere")]
    [InlineData("() => { new WebSocket('ws://127.0.0.1:9/elsewhere'); }", "ws://127.0.0.1:9/elsewhere")]
    public async Task A_request_that_leaves_the_server_is_told_of_where_no_policy_stops_it(string script, string named)
    {
        Assert.Contains("A request left for " + named, await Told(script, bypass: true));
    }

    private async Task<string> Told(string script, bool bypass)
    {
        var options = Browsing.Wide;
        options.BypassCSP = bypass;
        var visitor = await browsing.Visit((await browsing.Common).Server, options);
        await visitor.Go("/sign-in");
        await visitor.Page.EvaluateAsync(script);
        await visitor.Page.WaitForTimeoutAsync(500);
        return (await Assert.ThrowsAsync<TrueException>(async () => await visitor.DisposeAsync())).Message;
    }
}
