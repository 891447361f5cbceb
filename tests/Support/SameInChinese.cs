using System.Text.RegularExpressions;

namespace Labeler.Tests.Support;

/// <summary>What stays in Latin letters on a Chinese page, and how a test says what should not.</summary>
public static partial class SameInChinese
{
    /// <summary>Names of methods, formats and programs, a word each.</summary>
    public static IReadOnlySet<string> Names { get; } = new HashSet<string>(
    [
        .. "RLHF DDPO DPOK DPO KTO GRPO Flow Diffusion Stable FLUX SDE CPS DDIM Eta AdamW LoRA CLIP Transformer Net Beta beta softmax Kahneman Tversky Bradley Terry Elo arXiv Pick Pic PickScore".Split(' '),
        .. "Hugging Face Label Studio Argilla OpenAI TorchScript diffusers datasets Markdown OpenAPI Chrome Linux Windows DOS Shift JIS GBK".Split(' '),
        .. "JSON JPEG PNG WebP TIFF AVIF CSV Parquet zip MiB CPU GPU cpu cuda Webhook POST GET bearer Authorization Bearer KEY NEXT Idempotency Key RateLimit".Split(' '),
    ]);

    /// <summary>What is to be done about a text without a Chinese one.</summary>
    public static string Add(string text) => $"add to Texts.zh-Hans.resx: {text}";

    /// <summary>What is to be done about English on Chinese pages: one line for each text, however many pages show it.</summary>
    /// <param name="shown">The texts of pages, each with its page.</param>
    /// <param name="words">Those of a text's words that are no names.</param>
    public static IEnumerable<string> Left(IEnumerable<(string Page, string Text)> shown, Func<string, IEnumerable<string>> words) =>
        shown.GroupBy(one => one.Text.Trim(), one => one.Page).Select(text => (Text: text.Key, Pages: text.Distinct().ToList(), Words: words(text.Key).Distinct().ToList()))
            .Where(text => text.Words.Count > 0)
            .Select(text => $"{Add(text.Text)} (on {text.Pages[0]}{(text.Pages.Count > 1 ? $" and {text.Pages.Count - 1} more" : "")}), "
                + $"or, where it is the name of a method or format, its words to {nameof(SameInChinese)}.{nameof(Names)}: {string.Join(' ', text.Words)}");

    /// <summary>A text's words of three letters or more that are not among <see cref="Names"/>.</summary>
    public static IEnumerable<string> Words(string text) => Word().Matches(text).Select(word => word.Value).Where(word => !Names.Contains(word));

    [GeneratedRegex("[A-Za-z]{3,}")]
    private static partial Regex Word();
}
