using System.Diagnostics.Metrics;

namespace Labeler.Shared.Jobs;

/// <summary>What is measured where jobs are done, for whoever collects it.</summary>
public static class JobInstruments
{
    /// <summary>The name that all measures of the product belong to.</summary>
    public const string Meter = "Labeler";

    private static readonly Meter Labeler = new(Meter);

    private static readonly Counter<long> Jobs = Labeler.CreateCounter<long>(
        "labeler.worker.jobs", "{job}", "Jobs, and shares of them, that came to an end here");

    private static readonly Histogram<double> Duration = Labeler.CreateHistogram(
        "labeler.worker.job.duration", "s", "Time that one took here",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400],
        });

    private static readonly Counter<long> Pictures = Labeler.CreateCounter<long>(
        "labeler.worker.images", "{image}", "Pictures made and kept");

    private static readonly Counter<long> Steps = Labeler.CreateCounter<long>(
        "labeler.worker.steps", "{step}", "Optimizer steps taken");

    /// <summary>A job came to an end here, whatever it was.</summary>
    /// <param name="outcome">One of a few words.</param>
    public static void Ended(JobKind kind, string outcome, TimeSpan took)
    {
        var how = KeyValuePair.Create<string, object?>("outcome", outcome);
        Jobs.Add(1, Of(kind), how);
        Duration.Record(took.TotalSeconds, Of(kind), how);
    }

    /// <summary>Pictures were made and kept.</summary>
    public static void Made(JobKind kind, int pictures) => Pictures.Add(pictures, Of(kind));

    /// <summary>An optimizer step was taken.</summary>
    public static void Stepped(JobKind kind) => Steps.Add(1, Of(kind));

    /// <summary>Observes the graphics cards of this machine; called once in a process.</summary>
    /// <param name="look">Answers at once.</param>
    public static void ObserveCards(Func<IReadOnlyList<CardReading>> look)
    {
        Labeler.CreateObservableGauge("labeler.worker.gpu.utilization", () => Each(card => card.Utilization), "1",
            "Share of the last moments in which a GPU computed");
        Labeler.CreateObservableGauge("labeler.worker.gpu.memory.used", () => Each(card => card.MemoryUsed), "By",
            "Memory of a GPU in use, by whatever program");
        Labeler.CreateObservableGauge("labeler.worker.gpu.memory.total", () => Each(card => card.MemoryTotal), "By", "Memory of a GPU");

        IEnumerable<Measurement<T>> Each<T>(Func<CardReading, T?> figure) where T : struct =>
            from card in look()
            where figure(card) is not null
            select new Measurement<T>(figure(card)!.Value, KeyValuePair.Create<string, object?>("gpu", card.Index));
    }

    private static KeyValuePair<string, object?> Of(JobKind kind) => new("kind", kind.ToString());
}
