namespace Labeler.Web.Features.Places;

/// <summary>What somebody typed to find a place: a part of a name, perhaps with the number of an epoch or the name of a page behind it.</summary>
public sealed class Typed
{
    public const int Longest = 100;

    private const StringComparison Alike = StringComparison.OrdinalIgnoreCase;

    public Typed(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Text = string.Join(' ', words);
        if (words.Length > 1)
        {
            var before = words[..^1];
            Last = words[^1];
            Epoch = int.TryParse(Last, System.Globalization.NumberStyles.None, null, out var number) ? number : null;
            if (Epoch is not null && before.Length > 1 && before[^1].Equals("epoch", Alike))
            {
                before = before[..^1];
            }
            Before = string.Join(' ', before);
        }
    }

    /// <summary>All of it, with one space between words.</summary>
    public string Text { get; }

    /// <summary>All but the last word, and but the word "epoch" before a number; empty where there is one word.</summary>
    public string Before { get; } = "";

    /// <summary>The last of several words; empty where there is one.</summary>
    public string Last { get; } = "";

    /// <summary>The last of several words, where it is a number.</summary>
    public int? Epoch { get; }

    /// <summary>How well a name fits: 0 begins with it, 1 has a word that begins with it, 2 contains it; null does not. Everything fits nothing.</summary>
    public static int? Fit(string name, string part)
    {
        if (name.StartsWith(part, Alike))
        {
            return 0;
        }
        return name.Contains($" {part}", Alike) ? 1 : name.Contains(part, Alike) ? 2 : null;
    }
}
