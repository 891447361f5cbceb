using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

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

    /// <summary>Largest answer that is read, in bytes.</summary>
    public int LargestAnswer { get; init; } = 1_000_000;
}

/// <summary>
/// A reward from a server: POST of <c>{"images": [PNG in base64, …], "prompts": [text, …]}</c>, answered with
/// <c>{"scores": [number or null, …]}</c>. Images whose request fails are left out, and the rest goes on; only a server
/// that never answered at all is an error.
/// </summary>
public sealed class EndpointReward : IReward
{
    private readonly Uri _address;
    private readonly EndpointOptions _options;
    private readonly HttpClient _client;

    /// <exception cref="EngineException">The address is none.</exception>
    public EndpointReward(string address, EndpointOptions? options = null)
    {
        _address = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new EngineException($"{address} is no address of a reward server; it begins with http:// or https://");
        _options = options ?? new EndpointOptions();
        _client =
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
            {
                Timeout = _options.Timeout,
                MaxResponseContentBufferSize = _options.LargestAnswer
            };
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
        return answered > 0 || images.Count == 0 ? values
            : throw new EngineException($"{_address} gave no scores at all ({reason}); check the server");
    }

    public void Dispose() => _client.Dispose();

    private (double[]? Scores, string Failure) Ask(Candidate[] images, CancellationToken stop)
    {
        string failure = "";
        for (int attempt = 0; attempt < _options.Attempts; attempt++)
        {
            if (attempt > 0 && stop.WaitHandle.WaitOne(_options.Pause * Math.Pow(2, attempt - 1)))
            {
                stop.ThrowIfCancellationRequested();
            }
            try
            {
                using var response = _client.PostAsJsonAsync(
                    _address,
                    new
                    {
                        images = images.Select(image => Convert.ToBase64String(image.Open().ToPng())),
                        prompts = images.Select(image => image.Prompt)
                    },
                    stop).GetAwaiter().GetResult();
                if (!response.IsSuccessStatusCode)
                {
                    failure = $"status {(int)response.StatusCode}";
                    if (IsFinal(response.StatusCode))
                    {
                        break;
                    }
                    continue;
                }
                return (Scores(response.Content.ReadAsByteArrayAsync(stop).GetAwaiter().GetResult(), images.Length), "");
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                failure = $"no answer within {_options.Timeout.TotalSeconds:0.##} s";
            }
            catch (Exception error) when (error is HttpRequestException or IOException or JsonException or FormatException)
            {
                failure = error.Message.ReplaceLineEndings(" ");
            }
        }
        return (null, failure);
    }

    // Asked again, these would say the same.
    private static bool IsFinal(HttpStatusCode status) => (int)status is >= 300 and < 500 and not 408 and not 429;

    private static double[] Scores(byte[] answer, int count)
    {
        using var document = JsonDocument.Parse(answer);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("scores", out var scores)
            || scores.ValueKind != JsonValueKind.Array || scores.GetArrayLength() != count)
        {
            throw new FormatException($"the answer is no list \"scores\" of {count} numbers");
        }
        return [.. scores.EnumerateArray().Select(score => score.ValueKind switch
        {
            JsonValueKind.Number when score.TryGetDouble(out var value) && double.IsFinite(value) => value,
            JsonValueKind.Null => double.NaN,
            _ => throw new FormatException("a score is no number"),
        })];
    }
}
