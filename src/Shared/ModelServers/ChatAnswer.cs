using System.Text.Json;

namespace Labeler.Shared.ModelServers;

/// <summary>What a chat model's answer holds: a text, or why there is none to use.</summary>
/// <param name="Text">What the model says, without its thoughts; null where there is a fault.</param>
/// <param name="Reach">What else fails with the fault; it says nothing where there is none.</param>
public sealed record ChatAnswer(string? Text, string? Fault, FailureReach Reach, long InputTokens = 0, long OutputTokens = 0)
{
    /// <summary>How long the server asks to wait before it is asked again; null where it says nothing.</summary>
    public TimeSpan? Wait { get; init; }

    private const string Garbage = "The endpoint's answer is not that of a chat model.";

    /// <param name="mostTokens">How long the answer might be.</param>
    /// <param name="limit">What people know that setting as.</param>
    internal static ChatAnswer Read(JsonElement root, int mostTokens, string limit)
    {
        try
        {
            var (input, output) = (Tokens(root, "prompt_tokens"), Tokens(root, "completion_tokens"));
            return Of(root.GetProperty("choices")[0], mostTokens, limit) with { InputTokens = input, OutputTokens = output };
        }
        catch (Exception error)
            when (error is KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            return Failed(Garbage, FailureReach.Passing);
        }
    }

    private static ChatAnswer Of(JsonElement choice, int mostTokens, string limit)
    {
        if (ServerErrorText(choice) is { } error)
        {
            return Failed($"The endpoint answered an error inside a 200: {error}", FailureReach.EveryRequest);
        }
        var message = choice.GetProperty("message");
        if (Word(message, "refusal") is { } refusal)
        {
            return Failed($"The model refused: {ServerError.OneLine(refusal)}", FailureReach.ThisRequest);
        }
        var reason = Word(choice, "finish_reason");
        if (reason == "content_filter")
        {
            return Failed("The endpoint's content filter stopped the answer.", FailureReach.ThisRequest);
        }
        var said = Said(message.GetProperty("content"));
        var text = Thoughts.LeftOut(said);
        if (reason is "length" or "max_tokens")
        {
            var thoughts = text.Length == 0 ? " before the model had said anything" : "";
            return Failed(
                $"The answer was cut off after {mostTokens} tokens{thoughts}: raise the limit {limit}.",
                FailureReach.ThisRequest);
        }
        return text.Length > 0 ? new(text, null, FailureReach.Passing) : Failed("The endpoint's answer is empty.", FailureReach.Passing);
    }

    // A text, or a list of parts of which some may be thoughts or pictures.
    private static string Said(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.String
            ? part.GetString() : Word(part, "type") is null or "text" or "output_text" ? Word(part, "text") : null)),
        _ => content.GetString()!,
    };

    private static string? ServerErrorText(JsonElement choice) =>
        choice.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String
            ? ServerError.OneLine(Word(error, "message") ?? error.ToString()) : null;

    private static string? Word(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text ? text : null;

    private static long Tokens(JsonElement root, string name) =>
        root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object && usage.TryGetProperty(name, out var count)
            && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out var tokens) ? Math.Max(0, tokens) : 0;

    private static ChatAnswer Failed(string fault, FailureReach reach) => new(null, fault, reach);
}
