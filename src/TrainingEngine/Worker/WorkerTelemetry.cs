using Labeler.Shared.Jobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Labeler.TrainingEngine.Worker;

/// <summary>Sends what a worker measures to a collector, where the standard environment variables of OpenTelemetry name one; otherwise
/// nothing is collected.</summary>
internal sealed class WorkerTelemetry : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private readonly MeterProvider _provider;
    private readonly GraphicsCards? _cards;

    private WorkerTelemetry(WorkerOptions worker, ILogger log)
    {
        // Else a collector takes the figures of several workers for one's.
        var name = KeyValuePair.Create<string, object>("service.instance.id", worker.Name);
        _provider = Sdk.CreateMeterProviderBuilder().ConfigureResource(resource => resource.AddAttributes([name]))
            .AddMeter(JobInstruments.Meter).AddOtlpExporter().Build();
        // The worker beside which those of further devices are tells of all devices.
        if (!worker.OnlyShares)
        {
            _cards = new(log);
            JobInstruments.ObserveCards(() => _cards.Now);
        }
    }

    /// <returns>Sends what is left when it is disposed of; null where nobody collects.</returns>
    public static WorkerTelemetry? Start(IConfiguration configuration, WorkerOptions worker, ILogger log) =>
        string.IsNullOrWhiteSpace(configuration[Endpoint]) ? null : new(worker, log);

    public void Dispose()
    {
        _provider.Dispose();
        _cards?.Dispose();
    }
}
