using System.Diagnostics;
using System.Globalization;
using System.Text;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Webhooks.Sending;

/// <summary>Makes one attempt to deliver. Whatever the receiver does, it ends within <see cref="Patience"/> and reads little.</summary>
public sealed class WebhookPost(ReachOptions reach, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int LongestSaid = 200;
    private const long LargestAnswer = 16_384;

    // Follows no redirects, and where private addresses are not allowed connects to none.
    private readonly HttpClient _http = reach.Client();

    /// <returns>What came of it, and whether the receiver took it.</returns>
    public async Task<(DeliveryAttempt Attempt, bool Taken)> Send(
        string address, string secret, Delivery delivery, CancellationToken cancel)
    {
        var (at, began) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        waiting.CancelAfter(Patience);
        int? status = null;
        string? said;
        try
        {
            using var request = Request(address, secret, delivery, at);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, waiting.Token);
            status = (int)response.StatusCode;
            said = response.IsSuccessStatusCode ? null : await Refusal(response, waiting.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            said = string.Create(CultureInfo.InvariantCulture, $"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException error) when (error.InnerException is PrivateAddressException refused)
        {
            said = refused.Message;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            said = $"no connection: {error.Message}";
        }
        var attempt = new DeliveryAttempt(at, status, (int)Stopwatch.GetElapsedTime(began).TotalMilliseconds, Short(said));
        return (attempt, said is null);
    }

    private static HttpRequestMessage Request(string address, string secret, Delivery delivery, DateTimeOffset at)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(delivery.Body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("webhook-id", delivery.Id.ToString());
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSecrets.Sign(secret, delivery.Id, at, delivery.Body));
        request.Headers.UserAgent.ParseAdd("Labeler");
        return request;
    }

    private static async Task<string> Refusal(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Headers.Location is { } elsewhere)
        {
            return $"it is at {elsewhere}, and redirects are not followed";
        }
        await using var content = await response.Content.ReadAsStreamAsync(cancel);
        var body = await content.ReadAtMost(LargestAnswer, cancel);
        var text = body is null ? "a long answer" : Encoding.UTF8.GetString(body).Trim();
        return text.Length > 0 ? text : response.ReasonPhrase ?? "";
    }

    internal static string? Short(string? said)
    {
        if (said is null)
        {
            return null;
        }
        var line = string.Concat(said.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return line.Length > LongestSaid ? line[..LongestSaid] + "…" : line;
    }

    public void Dispose() => _http.Dispose();
}
