using Labeler.Web.Hosting;
using Microsoft.AspNetCore.Components.Server.Circuits;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Labeler.Web.Features.Health;

/// <summary>Sends metrics and traces to a collector, where the standard environment variables of OpenTelemetry name one; otherwise nothing
/// is collected. No address of the application shows them.</summary>
public static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Addresses that are secrets, and the watchdogs' own.
    private static readonly string[] Untold = ["/invitation", "/reset", "/health"];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[Endpoint]))
        {
            return services;
        }
        services.AddHostedService<JobMeasures>().AddSingleton<CircuitHandler, CircuitMeasures>();
        // Else a collector takes the figures of several servers for one's.
        var instance = KeyValuePair.Create<string, object>("service.instance.id", $"{Environment.MachineName}-{Environment.ProcessId}");
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddAttributes([instance]))
            .WithMetrics(metrics => metrics.AddMeter(Instruments.Meter, "Npgsql").AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation())
            .WithTracing(traces => traces.AddSource("Npgsql").AddAspNetCoreInstrumentation(pages => pages.Filter = context =>
                !Array.Exists(Untold, start => context.Request.Path.StartsWithSegments(start))))
            .UseOtlpExporter();
        return services;
    }
}
