using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using AngleSharp.Html.Parser;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Web.Components.Markdown;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

/// <summary>What no text may do to the process that renders it.</summary>
public sealed class MarkdownLimitTests
{
    // Beside the renderer's own two seconds, for what comes after parsing and for a machine with other work.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(4.5);

    private static readonly string[] Parts =
    [
        ">", "> ", "- ", "* ", "1. ", "# ", "#", "`", "```", "~~~", "*", "**", "_", "__", "[", "]", "(", ")", "![", "](", "[](", "[a](/b)", "![a](/b \"c\")", "<", "</", "<b>", "<!--", "&", "&amp;", "&#58;", "\\", "\n", "\n\n",
        "\r", "\t", " ", "    ", "a", "javascript:", "https://", "mailto:", "/", "//", "\"", "'", "---", "===", "|", ":", "[a]: /b\n", "\0", "\u00e9", "\u202e", "\ud83d\ude00", "\ud800", "onclick=x", "{", "}", "~", "^", "!", "+", "x y",
    ];

    public static TheoryData<string, int> Hostile() => new()
    {
        { ">", 30_000 }, { ">", 100_000 }, { "[](", 33_000 }, { "![a](", 20_000 }, { "[[a](", 20_000 }, { "[a](<", 20_000 }, { "**a *b ", 14_000 }, { "- ", 50_000 }, { "`` ` ", 20_000 }, { "[a][b", 20_000 }, { "[x]: y\n", 14_000 }, { "<", 100_000 },
        { ">\n", 50_000 }, { "- a\n", 25_000 }, { "\\", 100_000 }, { "[x\n", 33_000 },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void No_text_takes_the_stack_or_the_processor(string part, int times) => Check(string.Concat(Enumerable.Repeat(part, times)));

    [Fact]
    public void Ninety_nine_thousand_spaces_in_a_heading_are_read_at_once() => Check($"# a{new string(' ', 99_000)}b");

    [Fact]
    public void A_text_longer_than_guidelines_may_be_is_shown_as_it_was_typed() => Assert.StartsWith("<pre># a", MarkdownText.ToHtml("# a" + new string('b', MarkdownText.Longest)));

    [Fact]
    public void Whatever_is_typed_becomes_html_of_the_few_allowed_tags_within_the_time()
    {
        // A minute by LABELER_FUZZ_SECONDS=60; the seed is in the failure.
        var seconds = int.Parse(Environment.GetEnvironmentVariable("LABELER_FUZZ_SECONDS") ?? "4", CultureInfo.InvariantCulture);
        for (var (seed, clock) = (Environment.TickCount, Stopwatch.StartNew()); clock.Elapsed < TimeSpan.FromSeconds(seconds); seed++)
        {
            var random = new Random(seed);
            // A few parts over and over, as attacks are; sometimes in long runs.
            var parts = random.GetItems(Parts, random.Next(1, 6));
            var text = new System.Text.StringBuilder();
            for (var length = 1 << random.Next(4, 17); text.Length < length;)
            {
                text.Insert(text.Length, random.GetItems(parts, 1)[0], random.Next(8) == 0 ? random.Next(1, 400) : 1);
            }
            try
            {
                Check(text.ToString(0, Math.Min(text.Length, MarkdownText.Longest)));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} of {string.Join(" ", parts)}: {e.Message}", e);
            }
        }
    }

    [Fact]
    public async Task Guidelines_are_rendered_when_they_are_saved_and_not_at_each_view()
    {
        var rendered = new List<string>();
        await using var host = new WebHost
        {
            Configure = services => services.AddSingleton(new RenderedMarkdown(text =>
            {
                rendered.Add(text);
                return MarkdownText.ToHtml(text);
            }))
        };
        using var admin = await host.SignedIn("Ada of guidelines", Role.Admin);
        var fields = Forms.FieldsOf(await admin.GetStringAsync("/projects/new"));
        (fields["Name"], fields["Prompts"], fields["Guidelines"], fields["Task"], fields["Flags"]) = ("Told", "1 hand", "# Look twice", nameof(LabelingTask.FlagBatch), "Deformed");
        await admin.Submit("/projects/new", "project", [.. fields.Where(f => f.Key[0] != '_').Select(f => (f.Key, f.Value))]);
        Assert.Equal(["# Look twice"], rendered);
        for (var view = 0; view < 3; view++)
        {
            Assert.Contains("<h3>Look twice</h3>", await admin.GetStringAsync("/p/told/label"));
        }
        Assert.Single(rendered);
    }

    // On a small stack, where recursion that follows the text would end the process.
    private static void Check(string markdown)
    {
        ExceptionDispatchInfo? failed = null;
        var thread = new Thread(() =>
        {
            try
            {
                var clock = Stopwatch.StartNew();
                var html = MarkdownText.ToHtml(markdown);
                Assert.True(clock.Elapsed < Bound, $"It took {clock.Elapsed.TotalSeconds:0.0} s.");
                if (html.Length < 100_000)
                {
                    CheckTags(html);
                }
            }
            catch (Exception e)
            {
                failed = ExceptionDispatchInfo.Capture(e);
            }
        }, maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();
        failed?.Throw();
    }

    private static void CheckTags(string html)
    {
        foreach (var element in new HtmlParser().ParseDocument(html).Body!.QuerySelectorAll("*"))
        {
            string[] allowed = element.LocalName switch
            {
                "a" => ["href", "target", "rel"],
                "img" => ["src", "alt", "loading"],
                "ol" => ["start", "type"],
                "p" or "h3" or "h4" or "h5" or "h6" or "ul" or "li" or "em" or "strong" or "code" or "pre" or "blockquote" or "br" or "hr" => [],
                var other => throw new InvalidOperationException($"There is a <{other}>."),
            };
            Assert.Empty(element.Attributes.Select(a => a.Name).Except(allowed));
            Assert.All(new[] { element.GetAttribute("href"), element.GetAttribute("src") }.OfType<string>(), address => Assert.Matches("^(https://|mailto:|/(?![/\\\\]))", address));
        }
    }
}
