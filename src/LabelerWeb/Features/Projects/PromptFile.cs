namespace Labeler.Web.Features.Projects;

public static class PromptFile
{
    public const int LargestFile = 20 * 1024 * 1024;

    /// <summary>The file's prompts, not more than a project may have.</summary>
    /// <exception cref="LabelerException">The file is too large, is not text, or has too many prompts.</exception>
    public static async Task<List<string>> Read(IFormFile file, CancellationToken cancel)
    {
        await using var content = file.OpenReadStream();
        var (size, most) = (Math.Ceiling(file.Length / 1024d / 1024), LargestFile / 1024 / 1024);
        var bytes = await content.ReadAtMost(LargestFile, cancel)
            ?? throw new LabelerException(Texts.Say($"The file has {size:N0} MB; the most is {most} MB. Shorten it."));
        var prompts = PromptFileText.Read(bytes, Path.GetFileName(file.FileName));
        return prompts.Count <= PromptText.MostPrompts ? prompts
            : throw new LabelerException($"The file has more than {PromptText.MostPrompts:N0} prompts. Take a part of it.");
    }
}
