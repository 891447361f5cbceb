using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>A person at a browser. Leaving fails the test if the browser complained meanwhile: console errors, page errors, violations of the content security policy.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly List<string> _expected = [];

    private Visitor(IBrowserContext context, IPage page) => (Context, Page) = (context, page);

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    public static async Task<Visitor> Enter(IBrowserContext context)
    {
        // Long, because a machine may be busy; nothing is asserted about time.
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        var visitor = new Visitor(context, await context.NewPageAsync());
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
}
