using System.Globalization;
using System.Text.RegularExpressions;

namespace Labeler.Web.Components.Languages;

/// <summary>What was said in English where nobody knew who would read it, as a fault of a job or of the domain, in the language of
/// whoever reads it now. A text with figures or names in it is found among the known ones by its form.</summary>
public static partial class ToldTexts
{
    // Shorter forms, such as "{0} of {1}", would fit what they do not mean.
    private const int LeastLetters = 8;

    private static readonly Lazy<IReadOnlyList<Form>> Forms = new(() =>
    [
        .. Texts.Keys.Where(key => key.Contains("{0", StringComparison.Ordinal)).Select(key => new Form(key))
            .Where(form => form.Letters >= LeastLetters).OrderByDescending(form => form.Letters),
    ]);

    /// <summary>The text itself where it is not known.</summary>
    public static string Of(string text)
    {
        if (Language.Present == Language.All[0])
        {
            return text;
        }
        return Known(text) ?? string.Join(" ", SentenceEnd().Split(text).Select(sentence => Known(sentence) ?? sentence));
    }

    private static string? Known(string text)
    {
        if (Texts.Of(text) is var known && known != text)
        {
            return known;
        }
        foreach (var form in Forms.Value)
        {
            if (form.Match(text) is { } parts)
            {
                return string.Format(CultureInfo.InvariantCulture, Texts.Of(form.Text), [.. parts.Select(object (part) => Texts.Of(part))]);
            }
        }
        return null;
    }

    [GeneratedRegex(@"(?<=[.!?]) (?=\p{Lu})", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex SentenceEnd();

    // A text with holes: what stands between them, in their order.
    private sealed partial class Form(string text)
    {
        private readonly string[] _between = Hole().Split(text);
        private readonly int[] _numbers = [.. Hole().Matches(text).Select(hole => hole.Value[1] - '0')];

        public string Text => text;

        public int Letters => _between.Sum(part => part.Length);

        public string[]? Match(string said)
        {
            if (!said.StartsWith(_between[0], StringComparison.Ordinal))
            {
                return null;
            }
            var found = new string[_numbers.Max() + 1];
            var at = _between[0].Length;
            for (var n = 1; n < _between.Length; n++)
            {
                var next = n < _between.Length - 1
                    ? said.IndexOf(_between[n], at, StringComparison.Ordinal)
                    : said.EndsWith(_between[n], StringComparison.Ordinal) ? said.Length - _between[n].Length : -1;
                if (next < at)
                {
                    return null;
                }
                found[_numbers[n - 1]] = said[at..next];
                at = next + _between[n].Length;
            }
            return found;
        }

        [GeneratedRegex(@"\{\d[^{}]*\}", RegexOptions.None, RegexTimeout.Milliseconds)]
        private static partial Regex Hole();
    }
}
