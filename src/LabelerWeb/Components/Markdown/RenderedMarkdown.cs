using System.Collections.Concurrent;

namespace Labeler.Web.Components.Markdown;

/// <summary>Texts as HTML, each rendered once: when it is saved, or at the first view after a start, never at every view.</summary>
public sealed class RenderedMarkdown(Func<string, string> render)
{
    // Many more than a server has projects that are judged at a time; the largest take about a megabyte each.
    private const int MostKept = 64;

    private readonly ConcurrentDictionary<string, Lazy<string>> _kept = [];

    public string Of(string markdown)
    {
        if (_kept.Count >= MostKept && !_kept.ContainsKey(markdown))
        {
            _kept.Clear();
        }
        return _kept.GetOrAdd(markdown, text => new Lazy<string>(() => render(text))).Value;
    }
}
