using System.Text.Json.Nodes;
using Labeler.Shared.ModelServers;

namespace Labeler.Shared.Photos.Captions;

/// <summary>What came of a picture: a caption or why there is none, and the tokens used.</summary>
public sealed record CaptionAnswer(string? Caption, string? Fault, long InputTokens, long OutputTokens);

/// <summary>Asks a vision model behind an OpenAI-compatible interface (<c>POST chat/completions</c>) for captions, and again where an
/// answer breaks a rule, telling it which.</summary>
public sealed class Captioner(HttpClient http, CaptionOptions options, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private long? _asked;
    private readonly ChatModel? _model = !options.IsConfigured ? null : new(
        http, new(options.Endpoint!, options.Model, options.Key, options.MaxTokens, TimeSpan.FromSeconds(options.TimeoutSeconds))
        {
            LimitName = $"{CaptionOptions.Section}:{nameof(CaptionOptions.MaxTokens)}",
        }, time);

    /// <param name="jpeg">The picture.</param>
    /// <exception cref="LabelerException">The endpoint would answer every picture so (key, address, model, quota, a setting that it does
    /// not take); the message has its own reason.</exception>
    public async Task<CaptionAnswer> Describe(byte[] jpeg, CancellationToken cancel = default)
    {
        var messages =
            new JsonArray(ChatModel.Question(options.Instruction.Replace("{words}", $"{options.MaxWords}", StringComparison.Ordinal)
            .Replace("{word}", options.MustContain, StringComparison.Ordinal), jpeg));
        var (input, output, fault) = (0L, 0L, "");
        for (var attempt = 1; attempt <= options.Attempts; attempt++)
        {
            var answer = await Ask(messages, cancel);
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
                    await Task.Delay(answer.Wait is { } wait ? Bounded(wait) : FirstPause * Math.Pow(2, attempt - 1), time, cancel);
                }
                continue;
            }
            var caption = CaptionText.OfAnswer(text);
            if (options.Rules.Fault(caption) is not { } broken)
            {
                return new(caption, null, input, output);
            }
            fault = broken;
            messages.Add(ChatModel.Message("assistant", text.Length > 1000 ? text[..1000] : text));
            messages.Add(ChatModel.Message("user", broken));
        }
        return new(null, $"No caption after {options.Attempts} attempts. {fault}", input, output);
    }

    private async Task<ChatAnswer> Ask(JsonArray messages, CancellationToken cancel)
    {
        await Pace(cancel);
        var answer = await _model!.Ask(messages, cancel);
        return answer is { Text: null, Reach: FailureReach.EveryRequest } ? throw Ended(answer.Fault!) : answer;
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
}
