using Xunit;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class ShellTests(Browsing browsing)
{
    [Fact]
    public async Task A_page_that_does_not_exist_says_so_and_leads_back()
    {
        await using var server = await LabelerServer.Start();
        await using var visitor = await browsing.Visit(server);
        await visitor.Go("/error/404");
        Assert.Equal("There is no such page", await visitor.Page.Locator("h1").TextContentAsync());
        await visitor.Take("error-404");
    }
}
