using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Labeler.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Web.Tests.Servers;

public sealed partial class DrainingTests
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
        var data = Directory.CreateTempSubdirectory("labeler-").FullName;
        var application = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "LabelerWeb", new DirectoryInfo(AppContext.BaseDirectory).Name, "LabelerWeb.dll"));
        using var program = Process.Start(new ProcessStartInfo("dotnet", [application, "--port", "0", "--data", data, "--Web:DrainSeconds=600", "--Web:DemoProjects=false", "--Trainer:Start=false"]) { RedirectStandardOutput = true })!;
        try
        {
            var address = await Listening(program);
            using var browser = new HttpClient { BaseAddress = new(address) };
            Assert.Equal(HttpStatusCode.OK, await Ready(browser));
            await Terminate(program);
            while (await Ready(browser) == HttpStatusCode.OK)
            {
                await Task.Delay(20);
            }
            Assert.Equal("ok", await browser.GetStringAsync("/health"));
            // A second time means now.
            await Terminate(program);
            await program.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
            Assert.Equal(0, program.ExitCode);
        }
        finally
        {
            if (!program.HasExited)
            {
                program.Kill(entireProcessTree: true);
                await program.WaitForExitAsync();
            }
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<HttpStatusCode> Ready(HttpClient browser) => (await browser.GetAsync("/health/ready")).StatusCode;

    private static async Task<HttpStatusCode> Page(HttpClient browser)
    {
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/label") { Headers = { { "Accept", "text/html" } } };
        return (await browser.SendAsync(asked)).StatusCode;
    }

    private static async Task<string> Listening(Process program)
    {
        while (await program.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Address().Match(line) is { Success: true } found)
            {
                return found.Groups[1].Value;
            }
        }
        throw new InvalidOperationException("The program ended before it listened.");
    }

    private static async Task Terminate(Process program)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{program.Id}"]);
        await kill.WaitForExitAsync();
    }

    [GeneratedRegex(@"listening on (http://\S+)")]
    private static partial Regex Address();
}
