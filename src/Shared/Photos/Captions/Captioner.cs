using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Photos.Captions;

/// <summary>What came of a picture: a caption or why there is none, and the tokens used.</summary>
public sealed record CaptionAnswer(string? Caption, string? Fault, long InputTokens, long OutputTokens);

/// <summary>Asks a vision model behind an OpenAI-compatible interface (<c>POST chat/completions</c>) for captions, and again where an
/// answer breaks a rule, telling it which.</summary>
public sealed class Captioner(HttpClient http, CaptionOptions options, TimeProvider time)
{
    private const long LargestAnswer = 1 << 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private long? _asked;

    /// <param name="jpeg">The picture.</param>
    /// <exception cref="LabelerException">The endpoint refuses this installation (key, address, model): asking about other pictures is of
    /// no use.</exception>
    public async Task<CaptionAnswer> Describe(byte[] jpeg, CancellationToken cancel = default)
    {
        var messages = new JsonArray(Question(jpeg));
        var (input, output, fault) = (0L, 0L, "");
        for (var attempt = 1; attempt <= options.Attempts; attempt++)
        {
            var answer = await Ask(messages, cancel);
            (input, output) = (input + answer.InputTokens, output + answer.OutputTokens);
            if (answer.Text is not { } text)
            {
                fault = answer.Fault!;
                if (attempt < options.Attempts)
                {
                    await Task.Delay(answer.Wait ?? FirstPause * Math.Pow(2, attempt - 1), time, cancel);
                }
                continue;
            }
            var caption = CaptionRules.Clean(text);
            if (options.Rules.Fault(caption) is not { } broken)
            {
                return new(caption, null, input, output);
            }
            fault = broken;
            messages.Add(Message("assistant", text.Length > 1000 ? text[..1000] : text));
            messages.Add(Message("user", broken));
        }
        return new(null, $"No caption after {options.Attempts} attempts. {fault}", input, output);
    }

    private sealed record Reply(string? Text, string? Fault, TimeSpan? Wait, long InputTokens = 0, long OutputTokens = 0);

    private async Task<Reply> Ask(JsonArray messages, CancellationToken cancel)
    {
        await Pace(cancel);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, options.Endpoint!.TrimEnd('/') + "/chat/completions")
            {
                Content =
                    JsonContent.Create(
                        new JsonObject { ["model"] = options.Model, ["messages"] = messages.DeepClone(), ["max_tokens"] = 200 }),
            };
            if (!string.IsNullOrWhiteSpace(options.Key))
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
            }
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (!response.IsSuccessStatusCode)
            {
                return Refused(response);
            }
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            return Read(await body.ReadAtMost(LargestAnswer, patience.Token));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(null, $"The endpoint did not answer within {options.TimeoutSeconds} seconds.", null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return new(null, $"The endpoint cannot be reached: {error.Message}", null);
        }
    }

    private Reply Refused(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
            new(null, $"The endpoint answered {(int)response.StatusCode}.", Wait(response.Headers.RetryAfter)),
        HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity =>
            new(null, $"The endpoint refused the picture ({(int)response.StatusCode}).", null),
        _ => throw new LabelerException(
            $"The captions' endpoint answered {(int)response.StatusCode}: check Captions:Endpoint, Captions:Model and Captions:Key."),
    };

    private TimeSpan? Wait(RetryConditionHeaderValue? after)
    {
        var wait = after?.Delta ?? (after?.Date - time.GetUtcNow());
        return wait is not { } asked ? null : TimeSpan.FromSeconds(Math.Clamp(asked.TotalSeconds, 0, options.LongestWaitSeconds));
    }

    private static Reply Read(byte[]? body)
    {
        const string Garbage = "The endpoint's answer is not that of a chat model.";
        if (body is null)
        {
            return new(null, Garbage, null);
        }
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            long Tokens(string name) => root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
                && usage.TryGetProperty(name, out var count) && count.TryGetInt64(out var tokens) ? Math.Max(0, tokens) : 0;
            var text = root.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
            return new(text ?? "", null, null, Tokens("prompt_tokens"), Tokens("completion_tokens"));
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException
                or FormatException)
        {
            return new(null, Garbage, null);
        }
    }

    // One request after the other, with the pause between them that the rate asks for.
    private async Task Pace(CancellationToken cancel)
    {
        var pause = TimeSpan.FromMinutes(1) / options.RequestsPerMinute;
        if (_asked is { } asked && time.GetElapsedTime(asked) is var gone && gone < pause)
        {
            await Task.Delay(pause - gone, time, cancel);
        }
        _asked = time.GetTimestamp();
    }

    private JsonObject Question(byte[] jpeg) => new()
    {
        ["role"] = "user",
        ["content"] = new JsonArray(
            new JsonObject
            {
                ["type"] = "text",
                ["text"] = options.Instruction.Replace("{words}", $"{options.MaxWords}", StringComparison.Ordinal)
                    .Replace("{word}", options.MustContain, StringComparison.Ordinal)
            },
            new JsonObject
            {
                ["type"] = "image_url",
                ["image_url"] = new JsonObject { ["url"] = $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}" }
            }),
    };

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };
}
