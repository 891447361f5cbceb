using System.Text.Json;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Projects;

/// <summary>A file of prompts: a JSON list of texts, as D3PO's prompt.json, where it parses as a list; else one prompt a line.</summary>
public static class PromptFileText
{
    /// <summary>The prompts without white space around them; empty ones are left out.</summary>
    /// <param name="name">What an error calls the file.</param>
    /// <exception cref="LabelerException">The file is not text, or an entry of its list is none; says where.</exception>
    public static List<string> Read(ReadOnlySpan<byte> file, string name)
    {
        var text = StrictText.Decode(file, name);
        return [.. (List(text, name) ?? StrictText.Lines(text)).Select(prompt => prompt.Trim()).Where(prompt => prompt.Length > 0)];
    }

    // Many a prompt begins with a bracket.
    private static List<string>? List(string text, string name)
    {
        if (!text.AsSpan().TrimStart().StartsWith("["))
        {
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select((entry, number) => entry.ValueKind == JsonValueKind.String
                ? entry.GetString()! : throw new LabelerException($"{name}: entry {number + 1} of the list is no text."))];
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException error)
        {
            throw new LabelerException($"{name}: a text of the list holds half a character ({error.Message})", error);
        }
    }
}
