using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Labeler.Shared.ModelServers;

/// <summary>What a server says of an error, in whatever form.</summary>
/// <param name="Reason">One line of at most <see cref="LongestReason"/> characters; empty where it says nothing.</param>
/// <param name="Code">Its names for the kind of error; empty where it has none.</param>
internal sealed partial record ServerError(string Reason, string Code, string? Parameter)
{
    private const int LongestReason = 300;

    /// <summary>An error that the body of a success tells of; null where there is none.</summary>
    public static ServerError? Inside(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error) && IsSomething(error) ? Of(root) : null;

    public static ServerError Of(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        try
        {
            using var document = JsonDocument.Parse(text.TrimStart('\uFEFF'));
            return Of(document.RootElement);
        }
        catch (JsonException)
        {
            return new(OneLine(text), "", null);
        }
    }

    /// <summary>What else fails after a failure of this status.</summary>
    public static FailureReach Reach(int status, ServerError error) => status switch
    {
        429 => error.IsOfMoney ? FailureReach.EveryRequest : FailureReach.Passing,
        408 or 425 or (>= 500 and not 501 and not 505) => FailureReach.Passing,
        413 => FailureReach.ThisRequest,
        400 or 403 or 415 or 422 => error.IsOfThePicture ? FailureReach.ThisRequest : FailureReach.EveryRequest,
        _ => FailureReach.EveryRequest,
    };

    /// <summary>The text without markup, on one line, cut where it is long.</summary>
    public static string OneLine(string text)
    {
        var start = text.Length > 4000 ? text[..4000] : text;
        var plain = start.TrimStart().StartsWith('<') ? Tags().Replace(start, " ") : start;
        var line = string.Join(' ', plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = string.Concat(line.Where(letter => !char.IsControl(letter)));
        return line.Length > LongestReason ? line[..LongestReason] + "…" : line;
    }

    // A rate that is exceeded passes; an account without money does not.
    private bool IsOfMoney => Money().IsMatch(Code) || Money().IsMatch(Reason)
        || (Reason.Contains("exceeded your current quota", StringComparison.OrdinalIgnoreCase)
            && !Reason.Contains("retry in", StringComparison.OrdinalIgnoreCase));

    private bool IsOfThePicture => Picture().IsMatch(Code) || Picture().IsMatch(Reason);

    private static ServerError Of(JsonElement root)
    {
        // {"error": {"message": …}}, {"error": "…"}, {"message": …}, {"detail": …}, {"errors": […]}, or a list of one of these.
        var at = root;
        for (var depth = 0; depth < 4; depth++)
        {
            at = at.ValueKind == JsonValueKind.Array && at.GetArrayLength() > 0 ? at[0]
                : Member(at, "error") ?? (Member(at, "message") is null ? Member(at, "detail") ?? Member(at, "errors") : null) ?? at;
        }
        var reason = at.ValueKind == JsonValueKind.String ? at.GetString()!
            : Text(at, "message") ?? Text(at, "msg") ?? Text(at, "detail") ?? Text(at, "title") ?? (IsSomething(at) ? at.GetRawText() : "");
        var code = string.Join(' ', new[] { "code", "type", "status" }.Select(name => Text(at, name)).OfType<string>());
        return new(OneLine(reason), OneLine(code), Text(at, "param"));
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && IsSomething(value) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { } value ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;

    private static bool IsSomething(JsonElement value) =>
        value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False)
            && !(value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0);

    [GeneratedRegex("<[^>]*>", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Tags();

    [GeneratedRegex(
        @"insufficient[_ ](quota|balance|credit|fund)|billing[_ ](hard|not)|credit balance|credits? (is|are|has|have) "
        + @"|out of credit|payment",
        RegexOptions.IgnoreCase, RegexTimeout.Milliseconds)]
    private static partial Regex Money();

    [GeneratedRegex(
        @"content[_ ](policy|filter|management)|responsibleai|safety|moderation|flagged|invalid[_ ](base64[_ ])?image|image[_ ]parse"
        + @"|(can|could|unable to|failed to)( ?not)? (be )?(process|decode|identify|load|open|parse|read) (the |this |input |your )*image"
        + @"|image[a-z_ ]* (is|was) (too|corrupt|invalid|damaged|truncated|not valid)|image[_ ]too[_ ](large|small)",
        RegexOptions.IgnoreCase, RegexTimeout.Milliseconds)]
    private static partial Regex Picture();
}
