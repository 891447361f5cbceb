using System.Diagnostics.Metrics;

namespace Labeler.Web.Hosting;

/// <summary>What is measured while the application runs, for whoever collects it.</summary>
public static class Instruments
{
    /// <summary>The name that all of them belong to.</summary>
    public const string Meter = JobInstruments.Meter;

    private static readonly Meter Labeler = new(Meter);

    /// <summary>Votes, undos and reopenings that were answered, by outcome.</summary>
    public static Counter<long> Votes { get; } = Labeler.CreateCounter<long>("labeler.votes", "{vote}", "Votes that were answered");

    /// <summary>Seconds that storing one took.</summary>
    public static Histogram<double> VoteDuration { get; } = Labeler.CreateHistogram(
        "labeler.vote.duration", "s", "Time to store a vote",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });

    /// <summary>Pages that stay open and are connected.</summary>
    public static UpDownCounter<int> Circuits { get; } = Labeler.CreateUpDownCounter<int>("labeler.circuits", "{circuit}", "Open pages");

    /// <summary>Observes jobs of the whole installation, by kind and state.</summary>
    public static void ObserveJobs(Func<IEnumerable<Measurement<int>>> read) =>
        Labeler.CreateObservableGauge("labeler.jobs", read, "{job}", "Jobs that wait, run, or failed within a day");
}
