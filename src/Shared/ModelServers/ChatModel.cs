using System.Text.Json.Nodes;

namespace Labeler.Shared.ModelServers;

/// <summary>Which model is asked, and how.</summary>
/// <param name="Endpoint">Of an OpenAI-compatible interface, such as https://host/v1.</param>
/// <param name="Key">Sent as a bearer token; null for servers that need none.</param>
/// <param name="MaxTokens">That one answer may have; what a model thinks before it answers counts.</param>
/// <param name="Patience">How long one answer may take in all.</param>
public sealed record ChatModelOptions(string Endpoint, string Model, string? Key, int MaxTokens, TimeSpan Patience)
{
    /// <summary>What people know the setting of <see cref="MaxTokens"/> as.</summary>
    public string LimitName { get; init; } = "of tokens";
}

/// <summary>Asks a model behind an OpenAI-compatible interface (<c>POST chat/completions</c>), also about pictures.</summary>
/// <param name="http">Follows no redirects; see <see cref="ModelServer"/>.</param>
public sealed class ChatModel(HttpClient http, ChatModelOptions options, TimeProvider time)
{
    private const long LargestAnswer = 1 << 20;
    private const string UsualLimit = "max_tokens", NewerLimit = "max_completion_tokens";
    private string _limit = UsualLimit;

    /// <summary>Makes one request, and a second one where the server does not take the usual name of the limit.</summary>
    public async Task<ChatAnswer> Ask(JsonArray messages, CancellationToken cancel = default)
    {
        var reply = await Send(messages, cancel);
        // Newer models of some makers refuse the usual name of the limit, which other servers know alone.
        if (_limit == UsualLimit && reply is ServerFailure { Reach: FailureReach.EveryRequest } refused
            && (refused.Parameter == UsualLimit || refused.Reason.Contains(UsualLimit, StringComparison.Ordinal)))
        {
            _limit = NewerLimit;
            reply = await Send(messages, cancel);
        }
        return reply switch
        {
            ServerAnswer said => ChatAnswer.Read(said.Root, options.MaxTokens, options.LimitName),
            ServerFailure failed => new(null, $"The endpoint gave no answer: {failed.Reason.TrimEnd('.')}.", failed.Reach)
            {
                Wait = failed.Wait,
            },
            _ => throw new InvalidOperationException($"{reply.GetType().Name} is no reply"),
        };
    }

    public static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };

    /// <summary>A question about a picture.</summary>
    public static JsonObject Question(string text, byte[] jpeg) => new()
    {
        ["role"] = "user",
        ["content"] = new JsonArray(
            new JsonObject { ["type"] = "text", ["text"] = text },
            new JsonObject
            {
                ["type"] = "image_url",
                ["image_url"] = new JsonObject { ["url"] = $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}" }
            }),
    };

    private Task<ServerReply> Send(JsonArray messages, CancellationToken cancel)
    {
        var server = new ModelServer(
            http, new Uri(options.Endpoint.TrimEnd('/') + "/chat/completions"), options.Key, options.Patience, LargestAnswer, time);
        return server.Ask(
            new JsonObject { ["model"] = options.Model, ["messages"] = messages.DeepClone(), [_limit] = options.MaxTokens }, cancel);
    }
}
