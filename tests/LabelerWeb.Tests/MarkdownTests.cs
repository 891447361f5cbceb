using Labeler.Web.Components.Markdown;

namespace Labeler.Web.Tests;

public sealed class MarkdownTests
{
    [Theory]
    [InlineData("# Hands\nFlag **not five**, *ever*.", "<h3>Hands</h3><p>Flag <strong>not five</strong>, <em>ever</em>.</p>")]
    [InlineData("- one\n- two\n  and more\n\n1. first\n2. second", "<ul><li>one</li><li>two and more</li></ul><ol><li>first</li><li>second</li></ol>")]
    [InlineData("Look:\n- a list\nend", "<p>Look:</p><ul><li>a list</li></ul><p>end</p>")]
    [InlineData("`**not bold**` and ```", "<p><code>**not bold**</code> and ```</p>")]
    [InlineData("```\n<b> *x*\n```\nafter", "<pre><code>&lt;b&gt; *x*</code></pre><p>after</p>")]
    [InlineData("> said\n> twice\n\n---", "<blockquote><p>said<br>twice</p></blockquote><hr>")]
    [InlineData("snake_case_name and 2 * 3 * 4", "<p>snake_case_name and 2 * 3 * 4</p>")]
    [InlineData("", "")]
    public void What_guidelines_need_becomes_html(string markdown, string html) => Assert.Equal(html, MarkdownText.ToHtml(markdown));

    [Fact]
    public void Links_open_outside_and_pictures_come_from_this_site_only()
    {
        Assert.Equal("""<p><a href="https://example.org/a?b&amp;c" target="_blank" rel="noopener noreferrer">there</a></p>""", MarkdownText.ToHtml("[there](https://example.org/a?b&c)"));
        Assert.Equal("""<p><img src="/images/ab/256.webp" alt="five" loading="lazy"></p>""", MarkdownText.ToHtml("![five](/images/ab/256.webp)"));
        Assert.Equal("<p>spy</p>", MarkdownText.ToHtml("![spy](https://example.org/pixel.png)"));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](//example.org)")]
    [InlineData("![x](/a\"onerror=\"alert(1))")]
    [InlineData("[<img src=x onerror=alert(1)>](https://example.org)")]
    [InlineData("`\u00010\u0001` **<b onclick=x>**")]
    [InlineData("# <svg/onload=alert(1)>")]
    [InlineData("[x](javascript&#58;alert(1))")]
    [InlineData("[x](<javascript:alert(1)>)")]
    [InlineData("[x][y]\n\n[y]: javascript:alert(1) \"z\" onclick=x")]
    [InlineData("<javascript:alert(1)> <script src=x>")]
    [InlineData("[![x](/a \" onerror=alert(1)\")](javascript:alert(1))")]
    public void Nothing_of_the_authors_becomes_a_tag_or_an_attribute(string markdown)
    {
        var html = MarkdownText.ToHtml(markdown);
        Assert.DoesNotMatch("<(script|svg|b )|<[^>]*\\son\\w+=|href=\"(javascript|//)", html);
    }

    [Theory]
    [InlineData("[x](JavaScript:alert(1))")]
    [InlineData("[x](data:text/html,y)")]
    [InlineData("[x](http://example.org)")]
    [InlineData("[x](/\\\\example.org)")]
    [InlineData("[x](<//example.org>)")]
    [InlineData("<https://example.org>")]
    [InlineData("![x](data:image/png;base64,y)")]
    public void An_address_that_leads_elsewhere_is_no_link(string markdown) => Assert.DoesNotMatch("<(a|img)", MarkdownText.ToHtml(markdown));

    [Fact]
    public void A_text_nested_too_deep_is_shown_as_it_was_typed()
    {
        var html = MarkdownText.ToHtml(new string('>', 5_000) + "<b>");
        Assert.EndsWith("&gt;&lt;b&gt;</pre>", html);
    }

    [Fact]
    public void Lines_of_code_stay_lines() => Assert.Equal("<pre><code>a\n\n  b</code></pre>", MarkdownText.ToHtml("```\na\n\n  b\n```"));

    [Fact]
    public void A_long_hostile_text_takes_no_longer_than_its_length_deserves()
    {
        var html = MarkdownText.ToHtml(new string('*', 20_000) + new string('[', 20_000) + string.Concat(Enumerable.Repeat("![a](", 8_000)));
        Assert.NotEmpty(html);
    }
}
