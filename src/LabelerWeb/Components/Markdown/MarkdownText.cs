using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Labeler.Web.Components.Markdown;

/// <summary>
/// The Markdown that guidelines need, as HTML: headings, paragraphs, lists, quotes, rules, code, bold, italics, links and images.
/// Everything is escaped first, so no HTML of the author's gets through, and addresses are limited to https, mail and this site.
/// </summary>
public static partial class MarkdownText
{
    public static string ToHtml(string markdown)
    {
        var html = new StringBuilder();
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        for (var at = 0; at < lines.Length;)
        {
            at = Block(lines, at, html);
        }
        return html.ToString();
    }

    // Writes the block that begins at a line and returns where the next begins.
    private static int Block(string[] lines, int at, StringBuilder html)
    {
        var line = lines[at];
        if (string.IsNullOrWhiteSpace(line))
        {
            return at + 1;
        }
        if (line.StartsWith("```", StringComparison.Ordinal))
        {
            var code = Run(lines, at + 1, l => !l.StartsWith("```", StringComparison.Ordinal));
            html.Append("<pre><code>").Append(Escape(string.Join('\n', code))).Append("</code></pre>");
            return at + code.Count + 2;
        }
        if (Heading().Match(line) is { Success: true } heading)
        {
            // The page has its own first and second levels.
            var level = Math.Min(6, heading.Groups[1].Length + 2);
            html.Append($"<h{level}>").Append(Inline(heading.Groups[2].Value)).Append($"</h{level}>");
            return at + 1;
        }
        if (Rule().IsMatch(line))
        {
            html.Append("<hr>");
            return at + 1;
        }
        if (line.StartsWith('>'))
        {
            var quoted = Run(lines, at, l => l.StartsWith('>'));
            html.Append("<blockquote>").Append(ToHtml(string.Join('\n', quoted.Select(l => l[1..].TrimStart())))).Append("</blockquote>");
            return at + quoted.Count;
        }
        foreach (var (item, tag) in new[] { (Bullet(), "ul"), (Numbered(), "ol") })
        {
            if (item.IsMatch(line))
            {
                return List(lines, at, item, tag, html);
            }
        }
        var paragraph = Run(lines, at, l => !string.IsNullOrWhiteSpace(l) && (l == line || !BeginsBlock(l)));
        html.Append("<p>").Append(Inline(string.Join('\n', paragraph)).Replace("\n", "<br>", StringComparison.Ordinal)).Append("</p>");
        return at + paragraph.Count;
    }

    private static int List(string[] lines, int at, Regex item, string tag, StringBuilder html)
    {
        html.Append('<').Append(tag).Append('>');
        while (at < lines.Length && item.Match(lines[at]) is { Success: true } match)
        {
            var more = Run(lines, at + 1, l => l.StartsWith("  ", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(l));
            html.Append("<li>").Append(Inline(string.Join(' ', more.Select(l => l.Trim()).Prepend(match.Groups[1].Value)))).Append("</li>");
            at += 1 + more.Count;
        }
        html.Append("</").Append(tag).Append('>');
        return at;
    }

    private static List<string> Run(string[] lines, int from, Func<string, bool> belongs) => [.. lines.Skip(from).TakeWhile(belongs)];

    private static bool BeginsBlock(string line) =>
        line.StartsWith("```", StringComparison.Ordinal) || line.StartsWith('>') || Heading().IsMatch(line) || Rule().IsMatch(line) || Bullet().IsMatch(line) || Numbered().IsMatch(line);

    private static string Inline(string text)
    {
        // Code first, and out of the way: nothing inside it is markup.
        var codes = new List<string>();
        var escaped = Code().Replace(Escape(text), code =>
        {
            codes.Add(code.Groups[1].Value);
            return $"\u0001{codes.Count - 1}\u0001";
        });
        escaped = Image().Replace(escaped, m => Address(m.Groups[2].Value) is { } from && from.StartsWith('/') ? $"<img src=\"{from}\" alt=\"{m.Groups[1].Value}\" loading=\"lazy\">" : m.Groups[1].Value);
        escaped = Link().Replace(escaped, m => Address(m.Groups[2].Value) is { } to ? $"<a href=\"{to}\" target=\"_blank\" rel=\"noopener noreferrer\">{m.Groups[1].Value}</a>" : m.Groups[1].Value);
        escaped = Bold().Replace(escaped, "<strong>$1</strong>");
        escaped = Italic().Replace(escaped, "<em>$1</em>");
        return Kept().Replace(escaped, m => $"<code>{codes[int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)]}</code>");
    }

    // The text is escaped already, so an address cannot leave its attribute.
    private static string? Address(string address) =>
        SafeAddress().IsMatch(address) ? address : null;

    // Control characters have no business in a text, and one of them marks code above.
    private static string Escape(string text) => WebUtility.HtmlEncode(new string([.. text.Where(c => c == '\n' || !char.IsControl(c))]));

    [GeneratedRegex(@"^(#{1,4})\s+(.+?)\s*#*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*(-\s*){3,}$|^\s*(\*\s*){3,}$")]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\s{0,3}[-*+]\s+(.+)$")]
    private static partial Regex Bullet();

    [GeneratedRegex(@"^\s{0,3}\d{1,3}[.)]\s+(.+)$")]
    private static partial Regex Numbered();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"!\[([^\]\n]{0,200})\]\(([^)\s]{1,500})\)")]
    private static partial Regex Image();

    [GeneratedRegex(@"\[([^\]\n]{1,200})\]\(([^)\s]{1,500})\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*([^*\n]+)\*\*")]
    private static partial Regex Bold();

    [GeneratedRegex(@"(?<![\w*])[*_](?=\S)([^*_\n]+)(?<=\S)[*_](?![\w*])")]
    private static partial Regex Italic();

    [GeneratedRegex("\u0001(\\d+)\u0001")]
    private static partial Regex Kept();

    [GeneratedRegex(@"^(https://|mailto:|/(?!/))")]
    private static partial Regex SafeAddress();
}
