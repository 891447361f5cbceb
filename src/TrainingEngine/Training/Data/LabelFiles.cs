using System.Text.Json;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>
/// D3PO's own label files: a folder of JSON files, one per annotator, each a list with one list of numbers per prompt
/// (−1 flagged, 0 not), averaged over the annotators.
/// </summary>
public static class LabelFiles
{
    /// <summary>The verdicts of every prompt's images, averaged over the folder's files: [prompts][images].</summary>
    /// <param name="folder">Folder of label files; its other files are left alone.</param>
    /// <param name="imagesPerPrompt">Expected images of each prompt, in order.</param>
    /// <exception cref="EngineException">No file, or a wrong count or value; names the file and the prompt's index.</exception>
    public static IReadOnlyList<double[]> Read(string folder, IReadOnlyList<int> imagesPerPrompt)
    {
        if (!Directory.Exists(folder))
        {
            throw new EngineException($"there is no feedback folder {folder}");
        }
        var files = Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).ToArray();
        if (files.Length == 0)
        {
            throw new EngineException($"the feedback folder {folder} holds no .json file; write one per annotator");
        }
        var sums = imagesPerPrompt.Select(count => new double[count]).ToArray();
        foreach (var file in files)
        {
            Add(ReadFile(file), file, sums);
        }
        foreach (var row in sums)
        {
            for (var image = 0; image < row.Length; image++)
            {
                row[image] /= files.Length;
            }
        }
        return sums;
    }

    private static JsonElement ReadFile(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(StrictText.Read(file));
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new EngineException($"{file} is not valid JSON: {error.Message}", error);
        }
    }

    private static void Add(JsonElement prompts, string file, double[][] sums)
    {
        if (prompts.ValueKind != JsonValueKind.Array || prompts.GetArrayLength() != sums.Length)
        {
            throw new EngineException($"{file} must be a list of {sums.Length} lists, one per prompt; it {Describe(prompts)}");
        }
        var prompt = 0;
        foreach (var verdicts in prompts.EnumerateArray())
        {
            var row = sums[prompt];
            if (verdicts.ValueKind != JsonValueKind.Array || verdicts.GetArrayLength() != row.Length)
            {
                throw new EngineException(
                    $"{file}, prompt {prompt}: expected {row.Length} numbers, one per image; it {Describe(verdicts)}");
            }
            var image = 0;
            foreach (var verdict in verdicts.EnumerateArray())
            {
                if (verdict.ValueKind != JsonValueKind.Number || verdict.GetDouble() is not (0 or -1))
                {
                    throw new EngineException(
                        $"{file}, prompt {prompt}, image {image}: a verdict is −1 (flagged) or 0 (not), "
                + $"not {Shorten(verdict.GetRawText())}");
                }
                row[image++] += verdict.GetDouble();
            }
            prompt++;
        }
    }

    private static string Describe(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? $"has {element.GetArrayLength()}"
        : $"is {Shorten(element.GetRawText())}";

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
