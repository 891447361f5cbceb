using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Labeler.Bench.Labeling;

/// <summary>One simulated person, who does over HTTP what the labeling page does: fetches groups ahead with their pictures, votes one at a time.</summary>
public sealed partial class Annotator : IDisposable
{
    private const string Password = "four random words here";
    private const int Low = 5;
    private const int High = 6;
    private const int MostTries = 240;
    private static readonly TimeSpan BeforeAnother = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(1);
    private readonly HttpClient _http;
    private readonly long _project;
    private readonly Queue<(long Item, int Images)> _hand = new();
    private readonly Random _random;
    private Guid _account;
    private long _alive = Stopwatch.GetTimestamp();

    private Annotator(HttpClient http, long project, int seed) => (_http, _project, _random) = (http, project, new Random(seed));

    /// <summary>Milliseconds from sending a vote to its acknowledgement, while <see cref="IsMeasured"/>.</summary>
    public List<double> Acknowledgements { get; } = [];

    /// <summary>Whether votes are timed; all are counted.</summary>
    public bool IsMeasured { get; set; }

    /// <summary>Whether what got no answer is asked again, a vote by the same key, for some minutes, as the labeling page does.</summary>
    public bool Insists { get; init; }

    public List<Guid> Acknowledged { get; } = [];

    public List<string> Errors { get; } = [];

    public static async Task<Annotator> Join(string server, string invitation, string name, long project, bool insists = false)
    {
        var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), PooledConnectionLifetime = TimeSpan.FromMinutes(10) }) { BaseAddress = new Uri(server) };
        var page = $"/invitation/{invitation}";
        var token = FormToken().Match(await http.GetStringAsync(page)).Groups[1].Value;
        var fields = new Dictionary<string, string> { ["_handler"] = "join", ["__RequestVerificationToken"] = token, ["Form.Name"] = name, ["Form.Password"] = Password, ["Form.Again"] = Password };
        (await http.PostAsync(page, new FormUrlEncodedContent(fields))).EnsureSuccessStatusCode();
        var annotator = new Annotator(http, project, name.GetHashCode(StringComparison.Ordinal)) { Insists = insists };
        var session = (await http.GetFromJsonAsync<JsonObject>("/api/session"))!;
        annotator._account = (Guid)session["account"]!;
        http.DefaultRequestHeaders.Add("RequestVerificationToken", (string)session["token"]!);
        return annotator;
    }

    /// <summary>Opens the page after <paramref name="arrival"/>, then votes about every <paramref name="interval"/> until
    /// <paramref name="end"/> after the call, or until nothing is left.</summary>
    public async Task Work(TimeSpan arrival, TimeSpan interval, TimeSpan end)
    {
        await Task.Delay(arrival);
        var length = end - arrival;
        var clock = Stopwatch.StartNew();
        var due = interval * _random.NextDouble();
        await Insist(Fetch);
        while (due < length && _hand.Count > 0)
        {
            if (due > clock.Elapsed)
            {
                await Task.Delay(due - clock.Elapsed);
            }
            await KeepAlive();
            await Vote();
            if (_hand.Count < Low)
            {
                await Insist(Fetch);
            }
            due += interval * (0.5 + _random.NextDouble());
        }
    }

    public void Dispose() => _http.Dispose();

    // Until there was an answer, where this annotator insists.
    private async Task Insist(Func<Task<bool>> attempt)
    {
        for (var tries = 1; !await attempt() && Insists && tries < MostTries; tries++)
        {
            await Task.Delay(BeforeAnother);
            await KeepAlive();
        }
    }

    // A sign of life for what is in the hand.
    private async Task KeepAlive()
    {
        if (_hand.Count == 0 || Stopwatch.GetElapsedTime(_alive) < Heartbeat)
        {
            return;
        }
        _alive = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await _http.PostAsJsonAsync($"/api/projects/{_project}/leases", new { items = _hand.Select(held => held.Item) });
            if (!answer.IsSuccessStatusCode)
            {
                Errors.Add($"status {(int)answer.StatusCode} to a sign of life");
            }
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            Errors.Add(e.Message);
        }
    }

    private async Task Vote()
    {
        var (item, images) = _hand.Dequeue();
        var key = Guid.NewGuid();
        var tiles = Enumerable.Range(0, images).Select(index => new { index, flags = _random.Next(3) == 0 ? 1 : 0, displayed = true, unblurred = true });
        var body = JsonSerializer.SerializeToElement(new
        {
            account = _account,
            entries = new[] { new { op = "vote", key, project = _project, item, durationMs = 1500, at = DateTimeOffset.UtcNow, verdict = new { kind = "flags", tiles } } },
        });
        var sent = 0;
        await Insist(() => Send(key, body, isAgain: sent++ > 0));
    }

    /// <returns>Was there an answer?</returns>
    private async Task<bool> Send(Guid key, JsonElement body, bool isAgain)
    {
        try
        {
            var clock = Stopwatch.StartNew();
            using var answer = await _http.PostAsJsonAsync("/api/votes", body);
            var outcome = answer.IsSuccessStatusCode ? (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["results"]![0]!["outcome"]! : $"status {(int)answer.StatusCode}";
            if (IsMeasured)
            {
                Acknowledgements.Add(clock.Elapsed.TotalMilliseconds);
            }
            if (outcome == "accepted" || isAgain && outcome == "duplicate")
            {
                Acknowledged.Add(key);
            }
            else
            {
                Errors.Add(outcome);
            }
            return answer.IsSuccessStatusCode || (int)answer.StatusCode is >= 400 and < 500;
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            Errors.Add(e.Message);
            return false;
        }
    }

    private async Task<bool> Fetch()
    {
        try
        {
            var held = string.Join(',', _hand.Select(h => h.Item));
            var queue = (await _http.GetFromJsonAsync<JsonObject>($"/api/projects/{_project}/queue?take={High - _hand.Count}&holding={held}"))!;
            foreach (var item in queue["items"]!.AsArray())
            {
                var images = item!["images"]!.AsArray();
                foreach (var image in images)
                {
                    await _http.GetByteArrayAsync($"/api/images/{(string)image!["hash"]!}/512.webp");
                }
                _hand.Enqueue(((long)item["item"]!, images.Count));
            }
            return true;
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            Errors.Add(e.Message);
            return false;
        }
    }

    // A connection that ended, or an answer that took too long.
    private static bool IsNoAnswer(Exception error) => error is HttpRequestException or IOException or OperationCanceledException;

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)""")]
    private static partial Regex FormToken();
}
