using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>A person at a browser. Leaving fails the test if the browser complained meanwhile: console errors, page errors, violations of the content security policy, requests that leave the server.</summary>
public sealed class Visitor : IAsyncDisposable
{
    // In every document before its own scripts.
    private const string TellOfPolicy = """
        addEventListener('securitypolicyviolation', event =>
            console.error(`The policy forbids ${event.blockedURI || 'inline'} (${event.violatedDirective}) in ${event.documentURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
        """;

    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly List<string> _expected = [];

    private Visitor(IBrowserContext context, IPage page) => (Context, Page) = (context, page);

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    public static async Task<Visitor> Enter(IBrowserContext context, Uri server)
    {
        // Long, because a machine may be busy; nothing is asserted about time.
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        await context.AddInitScriptAsync(TellOfPolicy);
        var visitor = new Visitor(context, await context.NewPageAsync());
        context.Request += (_, request) => visitor.Complain(request.Url, server);
        visitor.Page.WebSocket += (_, socket) => visitor.Complain(socket.Url, server);
        visitor.Page.Console += (_, message) =>
        {
            // A navigation that a test answers with 403 or 404 on purpose says so by Expect.
            if (message.Type == "error")
            {
                visitor._complaints.Enqueue($"{message.Text} ({message.Location})");
            }
        };
        visitor.Page.PageError += (_, error) => visitor._complaints.Enqueue(error);
        return visitor;
    }

    /// <summary>Goes to an address below the server's and says what it answered.</summary>
    public async Task<int> Go(string path) => (await Page.GotoAsync(path))!.Status;

    /// <summary>A complaint that contains this text is part of the test, such as "404" where a missing page is asked for.</summary>
    public void Expect(string complaint) => _expected.Add(complaint);

    /// <summary>Answers the question that is open with yes.</summary>
    public Task Confirm() => Page.Locator("dialog[open]").Locator(".primary, .danger").First.ClickAsync();

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        var unexpected = _complaints.Where(complaint => !_expected.Any(e => complaint.Contains(e, StringComparison.Ordinal))).ToList();
        Assert.True(unexpected.Count == 0, string.Join('\n', unexpected));
    }

    // What lies in the page itself (data:, blob:, about:) goes nowhere.
    private void Complain(string address, Uri server)
    {
        if (new Uri(address) is { Scheme: "http" or "https" or "ws" or "wss" } asked && asked.Authority != server.Authority)
        {
            _complaints.Enqueue($"A request left for {address}");
        }
    }
}
