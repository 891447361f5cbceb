using Labeler.Shared.Jobs;
using Microsoft.Extensions.Configuration;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Labeler.TrainingEngine.Worker;

/// <summary>Sends what a worker measures to a collector, where the standard environment variables of OpenTelemetry name one; otherwise
/// nothing is collected.</summary>
internal static class WorkerTelemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <param name="worker">The worker's name, which no other has.</param>
    /// <returns>Sends what is left when it is disposed of; null where nobody collects.</returns>
    public static IDisposable? Start(IConfiguration configuration, string worker) =>
        string.IsNullOrWhiteSpace(configuration[Endpoint]) ? null : Sdk.CreateMeterProviderBuilder()
            // Else a collector takes the figures of several workers for one's.
            .ConfigureResource(resource => resource.AddAttributes([KeyValuePair.Create<string, object>("service.instance.id", worker)]))
            .AddMeter(JobInstruments.Meter).AddOtlpExporter().Build();
}
