using System.Text.Json;
using System.Text.RegularExpressions;
using Labeler.Shared;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>A token that is found in the raw text, before any cleaning.</summary>
internal sealed record SpecialToken(string Text, bool StripsSpace)
{
    /// <summary>Reads a bare string or an object with a content; null when the property is absent or null.</summary>
    public static SpecialToken? From(string name, JsonElement map)
    {
        if (!map.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => new SpecialToken(value.GetString()!, StripsSpace: true),
            JsonValueKind.Object when value.TryGetProperty("content", out JsonElement content) =>
                new SpecialToken(content.GetString()!, StripsSpace: false),
            _ => null,
        };
    }
}

/// <summary>
/// Cuts a text at its special tokens. Stable Diffusion 2 pads with "!", so there every "!" of a prompt is the padding
/// token: a quirk of the released files that their pipelines share.
/// </summary>
internal sealed class SpecialTokens
{
    private readonly Dictionary<string, (SpecialToken Token, int Id)> _byText;
    private readonly Regex _anyOf;

    public SpecialTokens(IEnumerable<SpecialToken> tokens, Func<SpecialToken, int> id)
    {
        _byText = tokens.ToDictionary(token => token.Text, token => (token, id(token)), StringComparer.Ordinal);
        _anyOf = new Regex(
            string.Join('|', _byText.Keys.OrderByDescending(text => text.Length).Select(Regex.Escape)), RegexOptions.CultureInvariant,
            RegexTimeout.Span);
    }

    /// <summary>The parts in order; a special part carries its id.</summary>
    public IEnumerable<(string Part, int? Special)> Split(string text)
    {
        int at = 0;
        bool stripStart = false;
        foreach (Match match in _anyOf.Matches(text))
        {
            (SpecialToken token, int id) = _byText[match.Value];
            string before = Between(text[at..match.Index], stripStart, token.StripsSpace);
            if (before.Length > 0)
            {
                yield return (before, null);
            }

            yield return (match.Value, id);
            at = match.Index + match.Length;
            stripStart = token.StripsSpace;
        }

        string rest = Between(text[at..], stripStart, stripEnd: false);
        if (rest.Length > 0)
        {
            yield return (rest, null);
        }
    }

    private static string Between(string text, bool stripStart, bool stripEnd)
    {
        text = stripStart ? text.TrimStart() : text;
        return stripEnd ? text.TrimEnd() : text;
    }
}
