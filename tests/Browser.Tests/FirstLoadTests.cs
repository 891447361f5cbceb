using System.Text.Json;
using Labeler.Tests.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace Labeler.Browser.Tests;

/// <summary>What the first page costs that a lead opens, with nothing kept from before.</summary>
[Collection(nameof(Browsing))]
public sealed class FirstLoadTests(Browsing browsing, ITestOutputHelper output)
{
    private const string Dashboard = "/p/faces";
    private const double MostBytes = 600_000;

    [Theory]
    [InlineData("/p/faces"), InlineData("/p/faces/epochs"), InlineData("/projects")]
    public async Task The_first_load_of_a_lead_s_page_is_under_six_hundred_kilobytes_on_the_wire(string address)
    {
        await using var admin = await (await browsing.Filled).Admin();
        var network = await admin.Context.NewCDPSessionAsync(admin.Page);
        var (bytes, named) = (0.0, new Dictionary<string, string>());
        var most = new List<(double Bytes, string Name)>();
        network.Event("Network.responseReceived").OnEvent += (_, told) => named[Text(told, "requestId")] = told!.Value.GetProperty("response").GetProperty("url").GetString()!;
        network.Event("Network.loadingFinished").OnEvent += (_, told) =>
        {
            var length = told!.Value.GetProperty("encodedDataLength").GetDouble();
            bytes += length;
            most.Add((length, named.GetValueOrDefault(Text(told, "requestId"), "")));
        };
        await network.SendAsync("Network.enable");
        await admin.Go(address);
        await admin.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        output.WriteLine($"{address}: {bytes / 1000:0} kB in {most.Count} answers; {string.Join(", ", most.OrderByDescending(one => one.Bytes).Take(6).Select(one => $"{new Uri(one.Name).AbsolutePath} {one.Bytes / 1000:0}"))}");
        Assert.NotEmpty(most);
        Assert.True(bytes < MostBytes, $"{bytes} bytes");
    }

    // Milliseconds from the click on a link to it until its figures are drawn by the circuit, and what an open one costs the server.
    [MillionFact]
    public async Task A_dashboard_answers_within_a_second_and_a_half_and_twenty_of_them_take_little_memory()
    {
        var site = await browsing.Filled;
        var taken = await output.Took("the dashboard, from nothing until its circuit has drawn it", async () =>
        {
            await using var lead = await site.Admin();
            return await Drawn(lead);
        });
        var before = site.Server.Resident;
        var open = new List<Visitor>();
        for (var n = 0; n < 20; n++)
        {
            open.Add(await site.Admin());
            await Drawn(open[^1]);
        }
        var after = site.Server.Resident;
        output.WriteLine($"resident: {before:0} MB, with 20 circuits {after:0} MB, {(after - before) / 20:0.0} MB each");
        foreach (var lead in open)
        {
            await lead.DisposeAsync();
        }
        Assert.True(taken < 1500, $"{taken} ms");
    }

    private static async Task<double> Drawn(Visitor lead)
    {
        await lead.Go(Dashboard);
        await lead.Page.Locator(".figures .rate-chart").First.WaitForAsync();
        return await lead.Page.EvaluateAsync<double>("performance.now()");
    }

    private static string Text(JsonElement? told, string name) => told!.Value.GetProperty(name).GetString()!;
}
