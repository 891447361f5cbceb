using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Labeler.Shared.Storage;

namespace Labeler.Shared.ModelServers;

/// <summary>Asks a server that runs a model over HTTP, JSON for JSON, and says of a failure why it was and what else would fail. The one
/// client for all that asks such servers; who asks decides about asking again.</summary>
/// <param name="http">Follows no redirects, which would carry pictures and key to another host.</param>
/// <param name="key">Sent as a bearer token; null for servers that need none.</param>
/// <param name="patience">How long one answer may take in all.</param>
/// <param name="largestAnswer">Bytes of an answer that are read.</param>
public sealed class ModelServer(HttpClient http, Uri address, string? key, TimeSpan patience, long largestAnswer, TimeProvider time)
{
    /// <summary>Makes one request.</summary>
    public async Task<ServerReply> Ask(JsonObject question, CancellationToken cancel = default)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        waiting.CancelAfter(patience);
        try
        {
            using var request = Request(question);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, waiting.Token);
            await using var content = await response.Content.ReadAsStreamAsync(waiting.Token);
            var body = await content.ReadAtMost(largestAnswer, waiting.Token);
            return response.IsSuccessStatusCode ? Answer(body) : Refusal(response, body ?? []);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Passing(string.Create(CultureInfo.InvariantCulture, $"no answer within {patience.TotalSeconds:0.##} s"));
        }
        catch (HttpRequestException error) when (error.InnerException is PrivateAddressException refused)
        {
            return new ServerFailure(FailureReach.EveryRequest, refused.Message);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return Passing($"no connection: {ServerError.OneLine(error.Message)}");
        }
    }

    // With its length, which some servers insist on.
    private HttpRequestMessage Request(JsonObject question)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(question));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        if (!string.IsNullOrWhiteSpace(key))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        return request;
    }

    private ServerReply Answer(byte[]? body)
    {
        if (body is null)
        {
            return Passing($"the answer has more than {largestAnswer:N0} bytes");
        }
        try
        {
            using var document = JsonDocument.Parse(StrictText.Decode(body, "the answer"));
            var root = document.RootElement.Clone();
            return ServerError.Inside(root) is { } error
                ? new ServerFailure(FailureReach.EveryRequest, Without($"an error inside a 200: {error.Reason}"), error.Parameter)
                : new ServerAnswer(root);
        }
        catch (Exception error) when (error is JsonException or LabelerException)
        {
            return Passing($"the answer is no JSON: {ServerError.OneLine(System.Text.Encoding.UTF8.GetString(body))}");
        }
    }

    private ServerFailure Refusal(HttpResponseMessage response, byte[] body)
    {
        var status = (int)response.StatusCode;
        var error = ServerError.Of(body);
        var reason = response.Headers.Location is { } elsewhere ? $"it is at {elsewhere}" : error.Reason;
        var told = reason.Length > 0 ? $"status {status}: {reason}" : $"status {status}";
        return new(ServerError.Reach(status, error), Without(told), error.Parameter, Wait(response.Headers));
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static ServerFailure Passing(string reason) => new(FailureReach.Passing, reason);

    // Some servers repeat the key that they refuse.
    private string Without(string reason) =>
        string.IsNullOrWhiteSpace(key) ? reason : reason.Replace(key, "…", StringComparison.Ordinal);

    private TimeSpan? Wait(HttpResponseHeaders headers)
    {
        string? Header(string name) => headers.TryGetValues(name, out var values) ? values.First() : null;
        var seconds = Number(Header("retry-after-ms")) / 1000 ?? Number(Header("Retry-After"))
            ?? (headers.RetryAfter?.Date - time.GetUtcNow())?.TotalSeconds;
        return seconds is { } asked ? TimeSpan.FromSeconds(Math.Clamp(asked, 0, TimeSpan.FromDays(1).TotalSeconds)) : null;
    }
}
