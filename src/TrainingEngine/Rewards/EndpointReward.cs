using System.Text.Json;
using System.Text.Json.Nodes;
using Labeler.Shared.ModelServers;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>How a reward is asked for over HTTP.</summary>
public sealed record EndpointOptions
{
    /// <summary>Images in one request.</summary>
    public int AtOnce { get; init; } = 8;

    /// <summary>How long one request may take in all.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is made before its images are left out.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second attempt; it doubles with each further one.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Sent as a bearer token; null for servers that need none.</summary>
    public string? Key { get; init; }

    /// <summary>Which hosts may be asked.</summary>
    public ReachOptions Reach { get; init; } = new() { AllowPrivateAddresses = true };

    /// <summary>Largest answer that is read, in bytes.</summary>
    public int LargestAnswer { get; init; } = 1_000_000;
}

/// <summary>
/// A reward from a server: POST of <c>{"images": [PNG in base64, …], "prompts": [text, …]}</c>, answered with
/// <c>{"scores": [number or null, …]}</c>. Images whose request fails are left out, and the rest goes on; a server that never
/// answered at all is an error, and so is a failure that every request would meet.
/// </summary>
public sealed class EndpointReward : IReward
{
    private readonly Uri _address;
    private readonly EndpointOptions _options;
    private readonly HttpClient _client;
    private readonly ModelServer _server;

    /// <exception cref="EngineException">The address is none.</exception>
    public EndpointReward(string address, EndpointOptions? options = null)
    {
        _address = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new EngineException($"{address} is no address of a reward server; it begins with http:// or https://");
        _options = options ?? new EndpointOptions();
        _client = _options.Reach.Client();
        _server = new ModelServer(_client, _address, _options.Key, _options.Timeout, _options.LargestAnswer, TimeProvider.System);
    }

    /// <inheritdoc />
    public string Name => $"score of {_address.Host}";

    /// <inheritdoc />
    public IReadOnlyList<double> Of(IReadOnlyList<Candidate> images, Action<string> report, CancellationToken stop)
    {
        var answered = 0;
        string reason = "";
        double[] values = [.. images.Chunk(_options.AtOnce).SelectMany(some =>
        {
            var (scores, failure) = Ask(some, stop);
            answered += scores is null ? 0 : 1;
            if (scores is null)
            {
                reason = failure;
                report($"{_address} gave no scores for {some.Length} images from image {some[0].Image} of group {some[0].Group} on "
                    + $"({failure}); they are left out");
            }
            return scores ?? [.. Enumerable.Repeat(double.NaN, some.Length)];
        })];
        return answered > 0 || images.Count == 0 ? values : throw Ended("no scores at all", reason);
    }

    public void Dispose() => _client.Dispose();

    private EngineException Ended(string what, string reason) => new($"{_address} gave {what} ({reason}); check the server");

    /// <exception cref="EngineException">No image would get a score.</exception>
    private (double[]? Scores, string Failure) Ask(Candidate[] images, CancellationToken stop)
    {
        var question = new JsonObject
        {
            ["images"] = new JsonArray([.. images.Select(image => (JsonNode)Convert.ToBase64String(image.Open().ToPng()))]),
            ["prompts"] = new JsonArray([.. images.Select(image => (JsonNode)image.Prompt)]),
        };
        string failure = "";
        for (int attempt = 0; attempt < _options.Attempts; attempt++)
        {
            if (attempt > 0 && stop.WaitHandle.WaitOne(_options.Pause * Math.Pow(2, attempt - 1)))
            {
                stop.ThrowIfCancellationRequested();
            }
            switch (_server.Ask(question, stop).GetAwaiter().GetResult())
            {
                case ServerAnswer answer when Scores(answer.Root, images.Length, out failure) is { } scores:
                    return (scores, "");
                case ServerFailure { Reach: FailureReach.EveryRequest } failed:
                    throw Ended("no scores at all, nor would it give others", failed.Reason);
                case ServerFailure failed:
                    failure = failed.Reason;
                    if (failed.Reach == FailureReach.ThisRequest)
                    {
                        return (null, failure);
                    }
                    break;
            }
        }
        return (null, failure);
    }

    private static double[]? Scores(JsonElement answer, int count, out string failure)
    {
        failure = $"the answer is no list \"scores\" of {count} numbers";
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("scores", out var scores)
            || scores.ValueKind != JsonValueKind.Array || scores.GetArrayLength() != count)
        {
            return null;
        }
        double?[] numbers = [.. scores.EnumerateArray().Select(score => score.ValueKind switch
        {
            JsonValueKind.Number when score.TryGetDouble(out var value) && double.IsFinite(value) => value,
            JsonValueKind.Null => double.NaN,
            _ => (double?)null,
        })];
        failure = "a score is no number";
        return numbers.All(number => number is not null) ? [.. numbers.Select(number => number!.Value)] : null;
    }
}
