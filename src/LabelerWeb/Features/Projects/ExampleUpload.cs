using Labeler.Shared.Imaging;
using Labeler.Web.Components.Markdown;

namespace Labeler.Web.Features.Projects;

/// <summary>Adds an example picture to a project's guidelines.</summary>
public sealed class ExampleUpload(IDbContextFactory<LabelerDb> contexts, FileStore files, RenderedMarkdown rendered)
{
    public const int LargestFile = 15 * 1024 * 1024;
    private const int LongestSide = 800;
    private static readonly PictureLimits Limits = new(MaxSide: 12_000, MaxPixels: 60_000_000, MaxBytes: LargestFile, FirstFrame: true);

    /// <summary>What is stored is a fresh WebP of the decoded pixels, so nothing else of the sent file is kept.</summary>
    /// <exception cref="LabelerException">The file is too large or not a picture.</exception>
    public async Task Add(long projectId, IFormFile picture, string caption, CancellationToken cancel)
    {
        if (picture.Length > LargestFile)
        {
            var (size, most) = (Math.Ceiling(picture.Length / 1024d / 1024), LargestFile / 1024 / 1024);
            throw new LabelerException(Texts.Say($"The picture has {size:N0} MB; the most is {most} MB."));
        }
        using var sent = new MemoryStream();
        await picture.CopyToAsync(sent, cancel);
        var hash = await files.Put(Shrink(sent.ToArray()), cancel);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var project = await db.Projects.FirstOrDefaultAsync(p => p.Id == projectId && p.DeletedAt == null, cancel)
            ?? throw new LabelerException("There is no such project; load the page again.");
        // Brackets would end the caption in Markdown.
        var text = new string([.. caption.Trim().Where(c => c is not ('[' or ']') && !char.IsControl(c))]);
        project.Change(project.Settings with
        {
            Guidelines =
            $"{project.Settings.Guidelines.TrimEnd()}\n\n![{text}](/api/images/{hash}/original)\n*{text}*\n".TrimStart()
        });
        await db.SaveChangesAsync(cancel);
        rendered.Of(project.Settings.Guidelines);
    }

    private static byte[] Shrink(byte[] sent)
    {
        try
        {
            return Thumbnail.WebP(sent, LongestSide, limits: Limits, behind: 255);
        }
        catch (PictureException e)
        {
            throw new LabelerException($"This picture cannot be used: {e.Message}", e);
        }
    }
}
