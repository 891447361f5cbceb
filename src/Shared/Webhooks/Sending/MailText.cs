using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MimeKit;

namespace Labeler.Shared.Webhooks.Sending;

/// <summary>What a delivery says, as a letter.</summary>
internal static class MailText
{
    private const int LongestSubject = 150;
    private const int LongestValue = 2_000;

    /// <summary>The same at every attempt, its id too, so that a mailbox may know it again.</summary>
    public static MimeMessage Of(Delivery delivery, string from, string to)
    {
        var body = JsonNode.Parse(delivery.Body)!;
        var data = body["data"]!;
        var (kind, project) = ((string)body["type"]!, (string?)data["project"]?["name"]);
        var means = EventKinds.All.FirstOrDefault(one => one.Name == kind).Means ?? "this is a test";
        return Plain(from, to, project is null ? $"Labeler: {means}" : $"{project}: {means}",
            Letter(kind, project, means, delivery.CreatedAt, data["about"]), $"{delivery.Id}", delivery.CreatedAt);
    }

    /// <param name="id">Of the letter, the same where it is sent again.</param>
    public static MimeMessage Plain(string from, string to, string subject, string text, string id, DateTimeOffset at)
    {
        var message = new MimeMessage
        {
            Subject = Line(subject, LongestSubject),
            MessageId = $"{id}@{from[(from.IndexOf('@') + 1)..]}",
            Date = at,
            Body = new TextPart("plain") { Text = text },
        };
        message.From.Add(new MailboxAddress("Labeler", from));
        message.To.Add(new MailboxAddress("", to));
        // So that no machine answers.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    private static string Letter(string kind, string? project, string means, DateTimeOffset at, JsonNode? about)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(means[0])}{means[1..]}.\n\n");
        if (project is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"project: {Line(project, LongestValue)}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"event: {kind}\nat: {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC\n");
        foreach (var (name, value) in about as JsonObject ?? [])
        {
            var said = value is JsonValue one && one.GetValueKind() == JsonValueKind.String ? (string)one!
                : value?.ToJsonString(JsonText.Options);
            text.Append(CultureInfo.InvariantCulture, $"{name}: {Line(said ?? "none", LongestValue)}\n");
        }
        return text.Append("\nLabeler sends this as somebody asked for it on the page Webhooks.\n").ToString();
    }

    // What people typed stays one line: no header and no line of its own begins in it.
    private static string Line(string text, int longest)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter)).Trim();
        return line.Length > longest ? line[..longest] + "…" : line;
    }
}
