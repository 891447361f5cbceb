using System.Net;
using Markdig;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Labeler.Web.Components.Markdown;

/// <summary>
/// The Markdown of guidelines as HTML. No HTML of the author's gets through, and addresses are limited to https, mail and this site.
/// A line stays a line, and what follows a list without an indent is not part of it, as people expect who do not know Markdown.
/// </summary>
public static class MarkdownText
{
    /// <summary>Characters; a longer text is shown as it was typed. Guidelines are at most as long.</summary>
    public const int Longest = 100_000;

    private static readonly MarkdownPipeline Pipeline = MakePipeline();

    /// <summary>
    /// Never takes much longer than <see cref="Patience.Limit"/>, whatever the text: one that would, or that is nested deeper than anybody
    /// reads (128 levels), is shown as it was typed. Keep what it returns; see <see cref="RenderedMarkdown"/>.
    /// </summary>
    public static string ToHtml(string markdown)
    {
        if (markdown.Length > Longest)
        {
            return AsTyped(markdown);
        }
        try
        {
            return Render(Markdig.Markdown.Parse(markdown, Pipeline, Patience.Begin()));
        }
        catch (Exception e) when (e is ArgumentException or TimeoutException)
        {
            return AsTyped(markdown);
        }
    }

    private static string AsTyped(string markdown) => $"<pre>{WebUtility.HtmlEncode(markdown)}</pre>";

    private static MarkdownPipeline MakePipeline()
    {
        var builder = new MarkdownPipelineBuilder().DisableHtml();
        builder.InlineParsers.TryRemove<AutolinkInlineParser>();
        builder.BlockParsers.TryRemove<IndentedCodeBlockParser>();
        builder.BlockParsers.Find<ParagraphBlockParser>()!.ParseSetextHeadings = false;
        builder.BlockParsers.InsertBefore<ParagraphBlockParser>(new TextAfterList());
        builder.BlockParsers.Insert(0, new Patience.AtEachLine());
        builder.InlineParsers.Insert(0, new Patience.AtEachMark());
        return builder.Build();
    }

    private static string Render(MarkdownDocument document)
    {
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            // The page has its own first and second levels.
            heading.Level = Math.Min(6, heading.Level + 2);
        }
        foreach (var line in document.Descendants<ListItemBlock>().SelectMany(item => item.OfType<ParagraphBlock>())
            .SelectMany(text => text.Inline!.FindDescendants<LineBreakInline>()).Where(line => !line.IsHard).ToList())
        {
            line.ReplaceBy(new LiteralInline(" "));
        }
        using var html = new StringWriter();
        var renderer = new HtmlRenderer(html);
        html.NewLine = "";
        renderer.ObjectRenderers.Replace<LinkInlineRenderer>(new Links());
        renderer.ObjectRenderers.Replace<LineBreakInlineRenderer>(new LineBreaks());
        renderer.ObjectRenderers.Replace<CodeBlockRenderer>(new Code());
        renderer.ObjectRenderers.Replace<ThematicBreakRenderer>(new Rules());
        renderer.Render(document);
        return html.ToString();
    }

    private static bool IsSafe(string address) =>
        address.StartsWith("https://", StringComparison.Ordinal) || address.StartsWith("mailto:", StringComparison.Ordinal)
            || IsOurs(address);

    private static bool IsOurs(string address) => address is ['/', ..] and not ['/', '/' or '\\', ..];

    /// <summary>Ends a list, or a quotation, at a line that does not belong to it by indent or mark.</summary>
    private sealed class TextAfterList : BlockParser
    {
        public override bool CanInterrupt(BlockProcessor processor, Block block) => block.Parent is { IsOpen: false };

        public override BlockState TryOpen(BlockProcessor processor)
        {
            if (processor.IsBlankLine || processor.CurrentBlock is not ParagraphBlock { Parent.IsOpen: false })
            {
                return BlockState.None;
            }
            var paragraphs = processor.Parsers.Find<ParagraphBlockParser>()!;
            processor.NewBlocks.Push(new ParagraphBlock(paragraphs)
            {
                Column = processor.Column,
                Span = new(processor.Line.Start, processor.Line.End)
            });
            return BlockState.Continue;
        }
    }

    private sealed class Links : HtmlObjectRenderer<LinkInline>
    {
        protected override void Write(HtmlRenderer renderer, LinkInline link)
        {
            var (address, plain) = (link.Url ?? "", renderer.EnableHtmlForInline);
            if (link.IsImage && IsOurs(address))
            {
                renderer.Write("<img src=\"").WriteEscapeUrl(address).Write("\" alt=\"");
                renderer.EnableHtmlForInline = false;
                renderer.WriteChildren(link);
                renderer.EnableHtmlForInline = plain;
                renderer.Write("\" loading=\"lazy\">");
            }
            else if (!link.IsImage && plain && IsSafe(address))
            {
                renderer.Write("<a href=\"").WriteEscapeUrl(address).Write("\" target=\"_blank\" rel=\"noopener noreferrer\">");
                renderer.WriteChildren(link);
                renderer.Write("</a>");
            }
            else
            {
                renderer.WriteChildren(link);
            }
        }
    }

    private sealed class LineBreaks : HtmlObjectRenderer<LineBreakInline>
    {
        protected override void Write(HtmlRenderer renderer, LineBreakInline line) =>
            renderer.Write(renderer.EnableHtmlForInline ? "<br>" : " ");
    }

    private sealed class Code : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock code) =>
            renderer.Write("<pre><code>").WriteEscape(code.Lines.ToString()).Write("</code></pre>");
    }

    private sealed class Rules : HtmlObjectRenderer<ThematicBreakBlock>
    {
        protected override void Write(HtmlRenderer renderer, ThematicBreakBlock rule) => renderer.Write("<hr>");
    }
}
