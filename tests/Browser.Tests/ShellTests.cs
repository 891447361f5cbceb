using System.Net;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class ShellTests(Browsing browsing)
{
    [Fact]
    public async Task A_page_that_does_not_exist_says_so_and_leads_back()
    {
        await using var visitor = await browsing.Visit((await browsing.Common).Server);
        await visitor.Go("/error/404");
        Assert.Equal("There is no such page", await visitor.Page.Locator("h1").TextContentAsync());
        await visitor.Take("error-404");
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_and_the_server_goes_on()
    {
        using var client = new HttpClient { BaseAddress = new((await browsing.Common).Server.Address) };
        // It waits for the server's word before it sends the body; else the refusal can come while it still writes.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in")
        {
            Content = new ByteArrayContent(new byte[2 * 1024 * 1024]) { Headers = { ContentType = new("application/x-www-form-urlencoded") } },
            Headers = { ExpectContinue = true },
        };
        using var large = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal("ok", await client.GetStringAsync("/health"));
    }

    [Theory]
    [InlineData("--port", "99999", "--port must be between 0 and 65535")]
    [InlineData("--data", "/dev/null/data", "cannot write to the data folder /dev/null/data")]
    [InlineData("--host", "everywhere", "--host must be an address")]
    public async Task A_start_that_cannot_work_says_why_in_one_line(string option, string value, string reason)
    {
        var (exitCode, errors) = await LabelerServer.TryStart(option, value);
        Assert.Equal(1, exitCode);
        Assert.Contains(reason, errors.Trim().Split('\n')[0]);
        Assert.DoesNotContain("   at ", errors);
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_named()
    {
        var server = (await browsing.Common).Server;
        var port = new Uri(server.Address).Port;
        var (exitCode, errors) = await LabelerServer.TryStart("--port", $"{port}", "--data", server.Data);
        Assert.Equal((1, $"labeler: port {port} is in use by another program; choose another with --port N (0 chooses a free one)"), (exitCode, errors.Trim()));
    }
}
