using System.Text;

namespace Labeler.Web.Features.Projects;

public static class PromptFile
{
    public const int LargestFile = 20 * 1024 * 1024;

    /// <summary>The file's lines. It stops reading where the file has more prompts than a project may, whatever its length.</summary>
    /// <exception cref="LabelerException">The file is too large, is not text, or has too many lines.</exception>
    public static async Task<List<string>> Read(IFormFile file, CancellationToken cancel)
    {
        if (file.Length > LargestFile)
        {
            throw new LabelerException(
                $"The file has {Math.Ceiling(file.Length / 1024d / 1024):N0} MB; the most is {LargestFile / 1024 / 1024} MB. Shorten it.");
        }
        using var reader = new StreamReader(file.OpenReadStream(), new UTF8Encoding(false, throwOnInvalidBytes: true),
            detectEncodingFromByteOrderMarks: true);
        var lines = new List<string>();
        try
        {
            while (await reader.ReadLineAsync(cancel) is { } line)
            {
                if (string.IsNullOrWhiteSpace(line))
                {
                    continue;
                }
                lines.Add(line);
                if (lines.Count > PromptText.MostPrompts)
                {
                    throw new LabelerException($"The file has more than {PromptText.MostPrompts:N0} prompts. Take a part of it.");
                }
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new LabelerException("The file is not text in UTF-8. Save it as plain text, one prompt a line.", e);
        }
        return lines;
    }
}
