using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.Shared.Imaging;

namespace Labeler.TrainingEngine.Experiments.Annotating;

/// <summary>What is handed out to be judged.</summary>
/// <param name="Number">The item's number.</param>
/// <param name="Prompt">What was asked for.</param>
/// <param name="Pictures">In the order in which they are shown.</param>
/// <param name="IsPair">Which of two is better, whatever the project asks otherwise.</param>
/// <param name="IsPractice">Its answer is no vote.</param>
public sealed record ClientItem(long Number, string Prompt, IReadOnlyList<Picture> Pictures, bool IsPair, bool IsPractice);

/// <summary>
/// The labeling page as its scripts use it: signs in with a form, reads the project from the page, fetches items and
/// pictures, sends votes. It sees what a person sees there and nothing else.
/// </summary>
public sealed partial class LabelingClient
{
    private readonly HttpClient _http;
    private readonly Guid _account;
    private readonly long _project;

    private LabelingClient(HttpClient http, JsonNode config)
    {
        _http = http;
        _account = (Guid)config["account"]!;
        _project = (long)config["project"]!["id"]!;
        Task = (string)config["project"]!["task"]!;
        Flags = [.. config["project"]!["flags"]!.AsArray().Select(flag => (string)flag!)];
        Choices = [.. config["project"]!["choices"]!.AsArray().Select(choice => (string)choice!["name"]!)];
    }

    /// <summary>flag, pair, categorise, score or rank.</summary>
    public string Task { get; }

    /// <summary>deformed, unsafe: what can be flagged.</summary>
    public IReadOnlyList<string> Flags { get; }

    /// <summary>Names of the options of categorise and score.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <summary>Signs in and opens a project's labeling page.</summary>
    /// <param name="http">Keeps cookies; its base address is the application's.</param>
    /// <param name="name">Of the account.</param>
    /// <param name="password">Of the account.</param>
    /// <param name="slug">The project as in the page's address.</param>
    /// <param name="stop">Ends the requests.</param>
    /// <exception cref="EngineException">The application cannot be reached, or name, password or project are wrong.</exception>
    public static async Task<LabelingClient> Open(HttpClient http, string name, string password, string slug, CancellationToken stop)
    {
        const string SignIn = "/sign-in";
        try
        {
            string token = Token().Match(await http.GetStringAsync(SignIn, stop)).Groups[1].Value;
            var fields =
                new Dictionary<string, string>
                {
                    ["_handler"] = "sign-in",
                    ["__RequestVerificationToken"] = token,
                    ["Form.Name"] = name,
                    ["Form.Password"] = password
                };
            using HttpResponseMessage entered = await http.PostAsync(SignIn, new FormUrlEncodedContent(fields), stop);
            if (entered.StatusCode == HttpStatusCode.TooManyRequests)
            {
                throw new EngineException("too many tries to sign in; wait a minute");
            }

            using HttpResponseMessage page = await http.GetAsync($"/p/{Uri.EscapeDataString(slug)}/label", stop);
            string html = await page.Content.ReadAsStringAsync(stop);
            if (page.StatusCode == HttpStatusCode.NotFound)
            {
                throw new EngineException($"there is no project {slug}; give its name as it stands in the labeling page's address");
            }

            if (Config().Match(html) is not { Success: true } config)
            {
                throw new EngineException($"{http.BaseAddress} did not let {name} in; check name and password");
            }

            var desk = new LabelingClient(http, JsonNode.Parse(config.Groups[1].Value)!);
            http.DefaultRequestHeaders.Add("RequestVerificationToken",
                (string)(await http.GetFromJsonAsync<JsonNode>("/api/session", stop))!["token"]!);
            return desk;
        }
        catch (HttpRequestException error)
        {
            throw new EngineException($"{http.BaseAddress} cannot be reached ({error.Message}); is the application running?", error);
        }
    }

    /// <summary>The next item, or why there is none: sampling, training, done, held, checking, practice-missing,
    /// practice-failed, practice-over, exposure, quota-day, quota, opted-out, withdrawn, stopped or
    /// empty.</summary>
    public async Task<(ClientItem? Item, string State)> Next(CancellationToken stop)
    {
        JsonNode answer = (await _http.GetFromJsonAsync<JsonNode>($"/api/projects/{_project}/queue?take=1", stop))!;
        if (answer["items"]!.AsArray().FirstOrDefault() is not { } item)
        {
            return (null, (string)answer["state"]!);
        }

        var pictures = new List<Picture>();
        foreach (JsonNode? image in item["images"]!.AsArray())
        {
            pictures.Add(Picture.Decode(await _http.GetByteArrayAsync($"/api/images/{(string)image!["hash"]!}/original", stop)));
        }

        var asked = new ClientItem(
            (long)item["item"]!, (string)item["prompt"]!, pictures, (bool)item["pair"]!, item["practice"] is not null);
        return (asked, "open");
    }

    /// <summary>Answers an item of the practice.</summary>
    /// <returns>Whether that was right.</returns>
    /// <exception cref="EngineException">The answer was refused; says why.</exception>
    public async Task<bool> Practice(long item, JsonObject verdict, CancellationToken stop)
    {
        var said = new JsonObject { ["key"] = Guid.NewGuid(), ["item"] = item, ["verdict"] = verdict };
        using HttpResponseMessage answer = await _http.PostAsJsonAsync($"/api/projects/{_project}/practice", said, stop);
        JsonNode body = (await answer.Content.ReadFromJsonAsync<JsonNode>(stop))!;
        return answer.IsSuccessStatusCode ? (bool)body["right"]!
            : throw new EngineException(
                $"the answer to item {item} was refused: {(string?)body["detail"] ?? answer.StatusCode.ToString()}");
    }

    /// <summary>Sends one verdict; it is durably stored when this returns.</summary>
    /// <exception cref="EngineException">The vote was refused; says why.</exception>
    public async Task Vote(long item, JsonObject verdict, TimeSpan taken, CancellationToken stop)
    {
        var entry = new JsonObject
        {
            ["op"] = "vote",
            ["key"] = Guid.NewGuid(),
            ["project"] = _project,
            ["item"] = item,
            ["durationMs"] = (int)Math.Min(int.MaxValue, taken.TotalMilliseconds),
            ["verdict"] = verdict,
        };
        using HttpResponseMessage answer =
            await _http.PostAsJsonAsync("/api/votes", new JsonObject { ["account"] = _account, ["entries"] = new JsonArray(entry) }, stop);
        JsonNode body = (await answer.Content.ReadFromJsonAsync<JsonNode>(stop))!;
        JsonNode? result = answer.IsSuccessStatusCode ? body["results"]![0] : null;
        if ((string?)result?["outcome"] is not ("accepted" or "surplus" or "duplicate"))
        {
            throw new EngineException(
                $"the vote on item {item} was refused: "
                    + $"{(string?)result?["message"] ?? (string?)body["detail"] ?? answer.StatusCode.ToString()}");
        }
    }

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)""", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Token();

    [GeneratedRegex("""<labeling-desk[^>]*>\s*<script type="application/json">(.+?)</script>""",
        RegexOptions.Singleline, RegexTimeout.Milliseconds)]
    private static partial Regex Config();
}
