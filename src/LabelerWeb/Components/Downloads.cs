using System.Text;

namespace Labeler.Web.Components;

/// <summary>Files that are written while they are sent, or before.</summary>
public static class Downloads
{
    /// <summary>A table for people: with a byte order mark, without which spreadsheets take UTF-8 for the machine's code page.</summary>
    public static IResult Csv(string name, Func<TextWriter, Task> write) => Text("text/csv", name, byteOrderMark: true, write);

    /// <summary>One JSON object a line, for programs.</summary>
    public static IResult JsonLines(string name, Func<TextWriter, Task> write) =>
        Text("application/jsonl", name, byteOrderMark: false, write);

    private static IResult Text(string type, string name, bool byteOrderMark, Func<TextWriter, Task> write) => Results.Stream(async body =>
    {
        await using var writer = new StreamWriter(body, new UTF8Encoding(byteOrderMark), leaveOpen: true);
        await write(writer);
    }, type, name);

    /// <summary>Written to a file first: a zip that fails half-way must not look like a whole one.</summary>
    public static async Task<IResult> Zip(string name, Func<Stream, Task> write)
    {
        const FileOptions options = FileOptions.DeleteOnClose | FileOptions.Asynchronous;
        var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, options);
        try
        {
            await write(file);
            file.Position = 0;
            return Results.File(file, "application/zip", name);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
