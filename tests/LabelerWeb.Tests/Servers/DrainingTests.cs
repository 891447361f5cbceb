using System.Net;
using Labeler.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Web.Tests.Servers;

public sealed class DrainingTests
{
    [Fact]
    public async Task A_server_that_is_to_end_is_no_longer_ready_then_opens_no_page_takes_votes_to_the_end_and_ends()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = new WebHost { Clock = clock, Settings = [("Web:DrainSeconds", "20")] };
        await using var seeded = await host.Seed("Drained", groups: 2);
        using var annotator = await AnnotatorClient.Open(host, "Votes on");
        var items = await annotator.Items(seeded.Project.Id);
        Assert.Equal(HttpStatusCode.OK, await Ready(annotator.Http));
        var (draining, lifetime) = (host.Services.GetRequiredService<Draining>(), host.Services.GetRequiredService<IHostApplicationLifetime>());

        draining.Begin();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Ready(annotator.Http));
        Assert.Equal("ok", await annotator.Http.GetStringAsync("/health"));
        Assert.Equal(HttpStatusCode.OK, await Page(annotator.Http));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Page(annotator.Http));
        Assert.Equal(["accepted"], await annotator.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 1)));
        Assert.False(lifetime.ApplicationStopping.IsCancellationRequested);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hears = lifetime.ApplicationStopping.Register(() => ended.TrySetResult());
        clock.Advance(TimeSpan.FromSeconds(10));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task The_program_drains_when_it_is_terminated_and_ends_well()
    {
        await using var program = await ServerProgram.Start([], "--Web:DrainSeconds=600");
        Assert.Equal(HttpStatusCode.OK, await Ready(program.Browser));
        await program.Terminate();
        while (await Ready(program.Browser) == HttpStatusCode.OK)
        {
            await Task.Delay(20);
        }
        Assert.Equal("ok", await program.Browser.GetStringAsync("/health"));
        // A second time means now.
        await program.Terminate();
        await program.Process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
        Assert.Equal(0, program.Process.ExitCode);
    }

    private static async Task<HttpStatusCode> Ready(HttpClient browser) => (await browser.GetAsync("/health/ready")).StatusCode;

    private static async Task<HttpStatusCode> Page(HttpClient browser)
    {
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/label") { Headers = { { "Accept", "text/html" } } };
        return (await browser.SendAsync(asked)).StatusCode;
    }
}
