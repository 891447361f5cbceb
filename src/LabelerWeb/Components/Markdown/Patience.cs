using Markdig;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace Labeler.Web.Components.Markdown;

/// <summary>
/// Ends a parsing that takes too long: some texts cost the square of their length, such as many openings of links that are never closed.
/// These two parsers take nothing; they only look at the clock wherever a line or a mark begins.
/// </summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly object Until = new();

    public static MarkdownParserContext Begin()
    {
        var context = new MarkdownParserContext();
        context.Properties[Until] = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        return context;
    }

    private static void Check(MarkdownParserContext? context)
    {
        if (context?.Properties[Until] is long until && Environment.TickCount64 > until)
        {
            throw new TimeoutException("The text takes too long to be read as Markdown.");
        }
    }

    internal sealed class AtEachLine : BlockParser
    {
        public override bool CanInterrupt(BlockProcessor processor, Block block) => true;

        public override BlockState TryOpen(BlockProcessor processor)
        {
            Check(processor.Context);
            return BlockState.None;
        }
    }

    internal sealed class AtEachMark : InlineParser
    {
        public AtEachMark() => OpeningCharacters = ['[', ']', '!', '*', '_', '`', '<', '&', '\\', '\n'];

        public override bool Match(InlineProcessor processor, ref StringSlice slice)
        {
            Check(processor.Context);
            return false;
        }
    }
}
