using System.Collections.Concurrent;
using System.Text;
using Labeler.Shared.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Labeler.Web.Tests.Servers;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Where_a_collector_is_named_it_gets_metrics_and_traces_and_no_address_that_is_a_secret()
    {
        var got = new ConcurrentDictionary<string, string>();
        await using var collector = await Collector((path, body) => got.AddOrUpdate(path, body, (_, before) => before + body));
        await using var program = await ServerProgram.Start([
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"), ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_SERVICE_NAME", "labeler")]);
        await program.Browser.GetAsync("/invitation/a-secret-of-somebody");
        // Traces are sent in their order.
        await program.Browser.GetAsync("/sign-in");
        await Until(() => got.GetValueOrDefault("/v1/traces", "").Contains("/sign-in", StringComparison.Ordinal));
        Assert.DoesNotContain("a-secret-of-somebody", got["/v1/traces"]);
        await Until(() => got.GetValueOrDefault("/v1/metrics", "").Contains("http.server.request.duration", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_address_of_the_application_shows_metrics()
    {
        await using var host = new WebHost();
        using var admin = await host.SignedIn("Looks for figures", Role.Admin);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await admin.GetAsync("/metrics")).StatusCode);
    }

    private static async Task Until(Func<bool> happened)
    {
        for (var tries = 0; !happened(); tries++)
        {
            Assert.True(tries < 1000, "Nothing came to the collector.");
            await Task.Delay(50);
        }
    }

    private static async Task<WebApplication> Collector(Action<string, string> take)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.MapPost("/v1/{kind}", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            take(context.Request.Path, Encoding.Latin1.GetString(body.ToArray()));
        });
        await collector.StartAsync();
        return collector;
    }
}
