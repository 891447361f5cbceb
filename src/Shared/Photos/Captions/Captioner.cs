using System.Text.Json.Nodes;
using Labeler.Shared.ModelServers;

namespace Labeler.Shared.Photos.Captions;

/// <summary>What came of a picture: a caption or why there is none, and the tokens used.</summary>
public sealed record CaptionAnswer(string? Caption, string? Fault, long InputTokens, long OutputTokens);

/// <summary>Asks a vision model behind an OpenAI-compatible interface (<c>POST chat/completions</c>) for captions, and again where an
/// answer breaks a rule, telling it which.</summary>
public sealed class Captioner(HttpClient http, CaptionOptions options, TimeProvider time)
{
    private const long LargestAnswer = 1 << 20;
    private const string UsualLimit = "max_tokens", NewerLimit = "max_completion_tokens";
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private long? _asked;
    private string _limit = UsualLimit;

    /// <param name="jpeg">The picture.</param>
    /// <exception cref="LabelerException">The endpoint would answer every picture so (key, address, model, quota, a setting that it does
    /// not take); the message has its own reason.</exception>
    public async Task<CaptionAnswer> Describe(byte[] jpeg, CancellationToken cancel = default)
    {
        var messages = new JsonArray(Question(jpeg));
        var (input, output, fault) = (0L, 0L, "");
        for (var attempt = 1; attempt <= options.Attempts; attempt++)
        {
            var (answer, wait) = await Ask(messages, cancel);
            (input, output) = (input + answer.InputTokens, output + answer.OutputTokens);
            if (answer.Text is not { } text)
            {
                fault = answer.Fault!;
                if (answer.Reach == FailureReach.ThisRequest)
                {
                    return new(null, fault, input, output);
                }
                if (attempt < options.Attempts)
                {
                    await Task.Delay(wait ?? FirstPause * Math.Pow(2, attempt - 1), time, cancel);
                }
                continue;
            }
            var caption = CaptionText.OfAnswer(text);
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

    private async Task<(ChatAnswer Answer, TimeSpan? Wait)> Ask(JsonArray messages, CancellationToken cancel)
    {
        var reply = await Send(messages, cancel);
        // Newer models of some makers refuse the usual name of the limit, which other servers know alone.
        if (_limit == UsualLimit && reply is ServerFailure { Reach: FailureReach.EveryRequest } refused
            && (refused.Parameter == UsualLimit || refused.Reason.Contains(UsualLimit, StringComparison.Ordinal)))
        {
            _limit = NewerLimit;
            reply = await Send(messages, cancel);
        }
        var answer = reply switch
        {
            ServerAnswer said => ChatAnswer.Read(said.Root, options.MaxTokens),
            ServerFailure failed => new ChatAnswer(null, $"The endpoint gave no answer: {failed.Reason.TrimEnd('.')}.", failed.Reach),
            _ => throw new InvalidOperationException($"{reply.GetType().Name} is no reply"),
        };
        return answer is { Text: null, Reach: FailureReach.EveryRequest } ? throw Ended(answer.Fault!)
            : (answer, reply is ServerFailure { Wait: { } wait } ? Bounded(wait) : null);
    }

    private async Task<ServerReply> Send(JsonArray messages, CancellationToken cancel)
    {
        await Pace(cancel);
        var server = new ModelServer(
            http, new Uri(options.Endpoint!.TrimEnd('/') + "/chat/completions"), options.Key, TimeSpan.FromSeconds(options.TimeoutSeconds),
            LargestAnswer, time);
        var question = new JsonObject { ["model"] = options.Model, ["messages"] = messages.DeepClone(), [_limit] = options.MaxTokens };
        return await server.Ask(question, cancel);
    }

    private static LabelerException Ended(string fault) => new(
        $"{fault} Every picture would get the same, so the run ends. Check Captions:Endpoint, Captions:Model, Captions:Key and the account "
            + "at the endpoint.");

    private TimeSpan Bounded(TimeSpan wait) => wait < TimeSpan.FromSeconds(options.LongestWaitSeconds) ? wait
        : TimeSpan.FromSeconds(options.LongestWaitSeconds);

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
