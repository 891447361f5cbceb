using System.Text;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Tests.Storage;

public sealed class Text_files_are_read_strictly
{
    private const string Text = "ein schöner Spiegel\r\n鏡 𝒢\n";

    public static TheoryData<string, byte[]> Marked => new()
    {
        { "UTF-8 without a mark", Encoding.UTF8.GetBytes(Text) },
        { "UTF-8", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Text)] },
        { "UTF-16, little-endian", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Text)] },
        { "UTF-16, big-endian", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Text)] },
        { "UTF-32, little-endian", [0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes(Text)] },
        { "UTF-32, big-endian", [0, 0, 0xFE, 0xFF, .. new UTF32Encoding(bigEndian: true, byteOrderMark: false).GetBytes(Text)] },
    };

    [Theory, MemberData(nameof(Marked))]
    public void A_byte_order_mark_says_what_the_text_is_and_is_no_part_of_it(string kind, byte[] file)
    {
        Assert.True(Text == StrictText.Decode(file, "x.txt"), kind);
        Assert.Equal(["ein schöner Spiegel", "鏡 𝒢"], StrictText.Lines(StrictText.Decode(file, "x.txt")));
    }

    [Theory]
    [InlineData("x.txt, line 1, column 8: the byte 0xF6 is not text in UTF-8", "ein sch\u00F6ner Spiegel")]
    [InlineData("x.txt, line 3, column 2: the byte 0xE4", "eins\r\nzwei\n.\u00E4")]
    [InlineData("x.txt, line 2, column 4: the byte 0xE9", "a\r\u00C3\u00A4 .\u00E9")]
    [InlineData("x.txt, line 1, column 1: the byte 0xFF", "\u00FF")]
    [InlineData("x.txt, line 1, column 3: the byte 0xC3", "ab\u00C3")]
    [InlineData("x.txt, line 1, column 1: the byte 0xC0", "\u00C0\u0080")]
    [InlineData("x.txt, line 1, column 2: a zero byte is no text", "a\0b\0")]
    [InlineData("x.txt, line 1, column 2: this is no UTF-16", "\u00FF\u00FE\u0061\0\u0062")]
    [InlineData("x.txt, line 2, column 1: this is no UTF-16", "\u00FE\u00FF\0\u0061\0\u000A\u00DC\0\0\u0061")]
    [InlineData("x.txt, line 1, column 2: this is no UTF-16", "\u00FE\u00FF\0\u0061\u00D8\0\0\u0061")]
    [InlineData("x.txt, line 1, column 1: this is no UTF-32", "\u00FF\u00FE\0\0\0\0\u0011\0")]
    public void A_wrong_byte_is_an_error_with_line_and_column(string message, string bytes)
    {
        Assert.StartsWith(message, Assert.Throws<LabelerException>(() => StrictText.Decode(Encoding.Latin1.GetBytes(bytes), "x.txt")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["a cat", " a dog ", ""]""", "a cat", "a dog")]
    [InlineData("  [\n\"a cat\"\n]\n", "a cat")]
    [InlineData("[masterpiece] a cat\n(a dog:1.2)", "[masterpiece] a cat", "(a dog:1.2)")]
    [InlineData("[\"a\", \"b\"] on a wall\n[x", "[\"a\", \"b\"] on a wall", "[x")]
    [InlineData("{\"a\": 1}\r\n\r\n  b  ", "{\"a\": 1}", "b")]
    [InlineData("\uFEFF[\"a cat\"]", "a cat")]
    public void A_prompt_file_is_a_list_only_where_it_parses_as_one(string file, params string[] prompts) =>
        Assert.Equal(prompts, PromptFileText.Read(Encoding.UTF8.GetBytes(file), "x"));

    [Theory]
    [InlineData("[1, 2]", "entry 1")]
    [InlineData("[\"a\", null]", "entry 2")]
    [InlineData("[\"\\ud800\"]", "half a character")]
    public void A_list_of_something_else_is_refused(string file, string reason) =>
        Assert.Contains(reason, Assert.Throws<LabelerException>(() => PromptFileText.Read(Encoding.UTF8.GetBytes(file), "x")).Message, StringComparison.Ordinal);
}
