using System.Net;
using System.Text.Json;
using Labeler.Client;
using Labeler.Shared.Imaging;

namespace Labeler.TrainingEngine.Experiments.Annotating;

/// <summary>What is handed out to be judged.</summary>
/// <param name="Number">The item's number.</param>
/// <param name="Prompt">What was asked for.</param>
/// <param name="Pictures">In the order in which they are shown.</param>
/// <param name="IsPair">Which of two is better, whatever the project asks otherwise.</param>
/// <param name="IsPractice">Its answer is no vote.</param>
public sealed record ClientItem(long Number, string Prompt, IReadOnlyList<Picture> Pictures, bool IsPair, bool IsPractice);

/// <summary>A project as the interface for programs hands it out to be labeled: items, pictures, votes.</summary>
public sealed class LabelingClient
{
    private const int LongestPage = 200;

    private readonly LabelerClient _client;
    private readonly ProjectsAnswer _project;

    private LabelingClient(LabelerClient client, ProjectsAnswer project) => (_client, _project) = (client, project);

    /// <summary>What is asked of people.</summary>
    public LabelingTask Asks => _project.Task;

    /// <summary>What can be flagged, added up: 1 deformed, 2 unsafe.</summary>
    public int Flags => _project.Flags;

    /// <summary>Names of the options of categorize and score.</summary>
    public IReadOnlyList<string> Choices => _project.Choices;

    /// <summary>Finds the project among those of the token's account.</summary>
    /// <param name="http">Sends the token; its base address is the application's.</param>
    /// <param name="slug">The project as in the page's address.</param>
    /// <param name="stop">Ends the requests.</param>
    /// <exception cref="EngineException">The application cannot be reached, or token or project are wrong.</exception>
    public static async Task<LabelingClient> Open(HttpClient http, string slug, CancellationToken stop)
    {
        var client = new LabelerClient(http);
        try
        {
            for (long? after = null; ;)
            {
                PageOfAnswer page = await client.ListProjectsAsync(after, LongestPage, stop);
                if (page.Items.FirstOrDefault(project => project.Slug == slug) is { } found)
                {
                    return new(client, found);
                }

                after = page.Next
                    ?? throw new EngineException($"there is no project {slug}; give its name as it stands in the labeling page's address");
            }
        }
        catch (LabelerApiException error)
        {
            throw new EngineException($"{http.BaseAddress} did not let the token in: {Reason(error)}", error);
        }
        catch (HttpRequestException error)
        {
            throw new EngineException($"{http.BaseAddress} cannot be reached ({error.Message}); is the application running?", error);
        }
    }

    /// <summary>The next item, or why there is none: sampling, training, done, held, checking, practice-missing,
    /// practice-failed, practice-over, exposure, opted-out, withdrawn, stopped or
    /// empty.</summary>
    /// <exception cref="EngineException">It was refused; says why.</exception>
    public async Task<(ClientItem? Item, string State)> Next(CancellationToken stop)
    {
        var answer = await Asked("to hand out an item", () => _client.TakeItemsAsync(_project.Id, new() { Take = 1 }, stop));
        if (answer.Items.FirstOrDefault() is not { } item)
        {
            return (null, answer.State);
        }

        var pictures = new List<Picture>();
        foreach (ApiImage image in item.Images)
        {
            using FileResponse file = await Asked("a picture", () => _client.GetPictureAsync(image.Hash, stop));
            using var bytes = new MemoryStream();
            await file.Stream.CopyToAsync(bytes, stop);
            pictures.Add(Picture.Decode(bytes.ToArray()));
        }

        return (new ClientItem(item.Item, item.Prompt, pictures, item.Pair, item.Practice is not null), "open");
    }

    /// <summary>Answers an item of the practice.</summary>
    /// <returns>Whether that was right.</returns>
    /// <exception cref="EngineException">The answer was refused; says why.</exception>
    public async Task<bool> Practice(long item, Verdict verdict, CancellationToken stop)
    {
        var said = new PracticeEndpointsSaid { Key = Guid.NewGuid(), Item = item, Verdict = verdict };
        return (await Asked($"the answer to item {item}", () => _client.AnswerPracticeAsync(_project.Id, said, stop))).Right;
    }

    /// <summary>Sends one verdict; it is durably stored when this returns.</summary>
    /// <exception cref="EngineException">The vote was refused; says why.</exception>
    public async Task Vote(long item, Verdict verdict, TimeSpan taken, CancellationToken stop)
    {
        var entry = new VotesEndpointEntry
        {
            Op = "vote",
            Key = Guid.NewGuid(),
            Project = _project.Id,
            Item = item,
            DurationMs = (int)Math.Min(int.MaxValue, taken.TotalMilliseconds),
            Verdict = verdict,
        };
        var answer = await Asked($"the vote on item {item}", () => _client.VoteAsync(new() { Entries = [entry] }, stop));
        var result = answer.Results[0];
        if (result.Outcome is not ("accepted" or "surplus" or "duplicate"))
        {
            throw new EngineException($"the vote on item {item} was refused: {result.Message ?? result.Outcome}");
        }
    }

    private static async Task<T> Asked<T>(string what, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (LabelerApiException error)
        {
            throw new EngineException($"{what} was refused: {Reason(error)}", error);
        }
    }

    // The application says in one line what is wrong.
    private static string Reason(LabelerApiException error)
    {
        try
        {
            using var problem = JsonDocument.Parse(error.Response ?? "");
            return problem.RootElement.GetProperty("detail").GetString()!;
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"{(HttpStatusCode)error.StatusCode}";
        }
    }
}
