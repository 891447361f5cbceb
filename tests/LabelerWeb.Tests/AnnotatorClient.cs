using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Labeler.Shared.Accounts;

namespace Labeler.Web.Tests;

/// <summary>One annotator at the labeling page's interface, as its scripts use it.</summary>
public sealed class AnnotatorClient(HttpClient http, Guid account) : IDisposable
{
    public Guid Account => account;

    public HttpClient Http => http;

    public static async Task<AnnotatorClient> Open(WebHost host, string name, string role = Role.Annotator)
    {
        var http = await host.SignedIn(name, role);
        var session = (await http.GetFromJsonAsync<JsonObject>("/api/session"))!;
        http.DefaultRequestHeaders.Add("RequestVerificationToken", (string)session["token"]!);
        return new(http, (Guid)session["account"]!);
    }

    public async Task<JsonObject> Queue(long project, int take = 4, string holding = "") =>
        (await http.GetFromJsonAsync<JsonObject>($"/api/projects/{project}/queue?take={take}&holding={holding}"))!;

    /// <summary>Numbers of the items that were handed out.</summary>
    public async Task<IReadOnlyList<long>> Items(long project, int take = 4, string holding = "") =>
        [.. (await Queue(project, take, holding))["items"]!.AsArray().Select(item => (long)item!["item"]!)];

    public Task<HttpResponseMessage> Post(params object[] entries) => http.PostAsJsonAsync("/api/votes", new { account, entries });

    /// <summary>The outcome of each entry, in order.</summary>
    public async Task<IReadOnlyList<string>> Send(params object[] entries)
    {
        using var answer = await Post(entries);
        answer.EnsureSuccessStatusCode();
        var results = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["results"]!.AsArray();
        return [.. results.Select(result => (string)result!["outcome"]!)];
    }

    /// <summary>The one line that says what is wrong.</summary>
    public static async Task<string> Detail(HttpResponseMessage answer)
    {
        var problem = JsonSerializer.Deserialize<JsonObject>(await answer.Content.ReadAsStringAsync())!;
        return (string)problem["detail"]!;
    }

    /// <summary>A judgment of a group of 7 with these pictures flagged as deformed.</summary>
    public static object Flag(long project, long item, Guid key, params int[] flagged) => new
    {
        op = "vote",
        key,
        project,
        item,
        durationMs = 900,
        verdict = new { kind = "flags", tiles = Enumerable.Range(0, 7).Select(index => new { index, flags = flagged.Contains(index) ? 1 : 0, displayed = true, unblurred = true }) },
    };

    public static object Undo(long project, long item, Guid vote) => new { op = "undo", key = Guid.NewGuid(), project, item, vote };

    public void Dispose() => http.Dispose();
}
