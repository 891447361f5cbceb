using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Labeler.Shared.Jobs;
using Labeler.Tests.Support;
using Labeler.Web.Hosting;

namespace Labeler.Web.Tests.Servers;

/// <summary>The dashboard and the documents name the metrics that the application measures, as Prometheus has them.</summary>
public sealed partial class MetricNamesTests
{
    // As Features/Health/Telemetry.cs collects them.
    private static readonly string[] Meters = [Instruments.Meter, "Npgsql", "Microsoft.AspNetCore.", "System.Runtime"];

    // Added where Prometheus takes them in.
    private static readonly string[] OfPrometheus = ["le", "instance"];

    [Fact]
    public async Task The_dashboard_and_the_table_of_metrics_name_what_is_measured_and_all_of_our_own()
    {
        var (measured, tags) = await Measure();
        var own = measured.Where(one => one.Meter.Name == Instruments.Meter).ToList();
        Assert.Equal(own.Select(one => one.Name).Order(StringComparer.Ordinal), Documented());
        var asked = Asked();
        Assert.Empty(asked.Select(one => one.Series).Except(measured.SelectMany(Series)));
        Assert.Empty(own.Where(one => !Series(one).Intersect(asked.Select(query => query.Series)).Any()).Select(one => one.Name));
        foreach (var (series, labels) in asked)
        {
            var known = measured.Where(one => Series(one).Contains(series)).SelectMany(one => tags.GetValueOrDefault(one.Name, []));
            Assert.Empty(labels.Except(known.Select(tag => tag.Replace('.', '_'))).Except(OfPrometheus).Select(label => $"{series}: {label}"));
        }
    }

    // What runs while somebody votes, and the tags that come with it.
    private static async Task<(List<Instrument> Instruments, ConcurrentDictionary<string, HashSet<string>> Tags)> Measure()
    {
        var (measured, tags) = (new ConcurrentBag<Instrument>(), new ConcurrentDictionary<string, HashSet<string>>());
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (Array.Exists(Meters, name => instrument.Meter.Name.StartsWith(name, StringComparison.Ordinal)))
            {
                measured.Add(instrument);
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, said, _) => Note(instrument, said));
        listener.SetMeasurementEventCallback<int>((instrument, _, said, _) => Note(instrument, said));
        listener.SetMeasurementEventCallback<double>((instrument, _, said, _) => Note(instrument, said));
        listener.Start();
        // As Features/Health/JobMeasures.cs counts them, which runs where a collector is named.
        Instruments.ObserveJobs(() => [new(1, new("kind", nameof(JobKind.Train)), new("state", nameof(JobState.Queued)))]);
        // As workers count theirs.
        JobInstruments.Ended(JobKind.SampleShare, "done", TimeSpan.FromSeconds(1));
        JobInstruments.Made(JobKind.SampleShare, 7);
        JobInstruments.Stepped(JobKind.Train);
        JobInstruments.ObserveCards(() => [new(0, 0.5, 1, 2)]);
        await using var host = new WebHost { OnKestrel = true };
        await using var seeded = await host.Seed("Measured", groups: 1);
        using var annotator = await AnnotatorClient.Open(host, "Measured too");
        var items = await annotator.Items(seeded.Project.Id);
        Assert.Equal(["accepted"], await annotator.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 1)));
        listener.RecordObservableInstruments();
        return ([.. measured.DistinctBy(one => (one.Meter.Name, one.Name))], tags);

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> said)
        {
            var known = tags.GetOrAdd(instrument.Name, _ => []);
            lock (known)
            {
                foreach (var tag in said)
                {
                    known.Add(tag.Key);
                }
            }
        }
    }

    // By the rules of OpenTelemetry for Prometheus: dots and braces go, the unit and what is counted up come behind.
    private static IEnumerable<string> Series(Instrument instrument)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", "1" when Is(instrument, "Gauge") => "_ratio", _ => "" };
        var name = instrument.Name.Replace('.', '_') + unit;
        string[] endings = Is(instrument, "Histogram") ? ["_bucket", "_count", "_sum"]
            : Is(instrument, "Counter") && !Is(instrument, "UpDownCounter") ? ["_total"] : [""];
        return endings.Select(ending => name + ending);
    }

    private static bool Is(Instrument instrument, string kind) => instrument.GetType().Name.Contains(kind, StringComparison.Ordinal);

    private static IEnumerable<string> Documented() => DocumentedName().Matches(File.ReadAllText(Repository.At("docs", "several-servers.md")))
        .Select(found => found.Groups[1].Value).Order(StringComparer.Ordinal);

    // Every series that a panel asks for, with the labels that it asks by.
    private static List<(string Series, List<string> Labels)> Asked()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Repository.At("deploy", "grafana", "labeler.json")));
        var queries = Expressions(dashboard.RootElement).ToList();
        Assert.NotEmpty(queries);
        return [.. from query in queries
            from series in SeriesName().Matches(ByLabels().Replace(query, ""))
            let labels = ByLabels().Matches(query).SelectMany(grouped => grouped.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
                .Concat(GivenLabel().Matches(query).Select(label => label.Groups[1].Value))
            select (series.Groups[1].Value, labels.ToList())];
    }

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member is { Name: "expr", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : Expressions(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    [Fact]
    public void States_that_the_dashboard_asks_for_are_those_of_jobs()
    {
        var asked = File.ReadAllText(Repository.At("deploy", "grafana", "labeler.json"));
        var states = State().Matches(asked).Select(state => state.Groups[1].Value).ToList();
        Assert.NotEmpty(states);
        Assert.All(states, state => Assert.True(Enum.TryParse<JobState>(state, out _), state));
    }

    [GeneratedRegex(@"^\| `(labeler\.[a-z.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedName();

    [GeneratedRegex(@"\b([a-z]+(?:_[a-z]+)+)(?=[\[{)]|$)")]
    private static partial Regex SeriesName();

    [GeneratedRegex(@"by \(([^)]+)\)")]
    private static partial Regex ByLabels();

    [GeneratedRegex(@"[{,]\s*([a-z_]+)=")]
    private static partial Regex GivenLabel();

    [GeneratedRegex(@"state=\\""([A-Za-z]+)\\""")]
    private static partial Regex State();
}
