using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;

/// <summary>An image with its caption and, where there is one, its label.</summary>
public sealed record CaptionedImage(string File, string Caption, string Label);

/// <summary>
/// A folder of images with <c>metadata.jsonl</c>, one object a line: <c>file_name</c> (relative), <c>text</c>, and if wanted
/// <c>label</c>.
/// </summary>
public static class CaptionedFolder
{
    /// <summary>The list's name.</summary>
    public const string List = "metadata.jsonl";

    /// <summary>The images in the order of the list.</summary>
    /// <exception cref="EngineException">The list is missing or wrong; names the line.</exception>
    public static IReadOnlyList<CaptionedImage> Read(string folder)
    {
        var list = Path.Combine(folder, List);
        if (!File.Exists(list))
        {
            throw new EngineException($"{folder} holds no {List}; write one line an image: {{\"file_name\": …, \"text\": …}}");
        }
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var images = StrictText.ReadLines(list).Select((line, number) => (line, number)).Where(one => one.line.Trim().Length > 0)
            .Select(one => Parse(one.line, $"{list}, line {one.number + 1}", root)).ToArray();
        return images.Length > 0 ? images : throw new EngineException($"{list} names no image");
    }

    /// <summary>The picture brought to a square of the model's size: the middle is kept.</summary>
    /// <exception cref="EngineException">It cannot be read.</exception>
    public static Picture Open(CaptionedImage image, int side)
    {
        try
        {
            return Thumbnail.Square(File.ReadAllBytes(image.File), side);
        }
        catch (Exception error) when (error is IOException or PictureException)
        {
            throw new EngineException($"{image.File}: {error.Message}", error);
        }
    }

    private static CaptionedImage Parse(string line, string place, string root)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            string Text(string name, string? otherwise = null) => document.RootElement.TryGetProperty(name, out var value)
                ? value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()
                : otherwise ?? throw new EngineException($"{place}: there is no {name}");
            var file = Path.GetFullPath(Path.Combine(root, Text("file_name")));
            return file.StartsWith(root, StringComparison.Ordinal)
                ? new CaptionedImage(file, Text("text"), Text("label", ""))
                : throw new EngineException($"{place}: {Text("file_name")} lies outside the folder");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new EngineException($"{place} is no JSON object ({error.Message})", error);
        }
    }
}
