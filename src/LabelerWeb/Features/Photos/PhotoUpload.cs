using Labeler.Shared.Photos;

namespace Labeler.Web.Features.Photos;

/// <summary>Where a form says that photos come from.</summary>
public sealed class PhotoUpload(DataFolder folder, ImportLimits limits)
{
    /// <param name="codePage">Of the names in the zip that are not UTF-8; null where none was chosen.</param>
    /// <exception cref="LabelerException">Neither a zip nor a folder is named, or it cannot be used.</exception>
    public async Task<ImportPlace> Take(IFormFile? zip, string? typed, int? codePage, CancellationToken cancel)
    {
        var page = ZipNames.Checked(codePage ?? ZipNames.Standard);
        if (zip is not { Length: > 0 })
        {
            return string.IsNullOrWhiteSpace(typed) ? throw new LabelerException("Choose a zip of pictures, or name a folder.")
                : ImportPlace.Folder(typed, folder, limits);
        }
        if (zip.Length > limits.MaxZipBytes)
        {
            throw new LabelerException(
                Texts.Say($"The zip has {zip.Length >> 20:N0} MiB; the most is {limits.MaxZipBytes >> 20:N0} MiB. ")
                + Texts.Say($"Put larger sets into the import folder."));
        }
        var name = $"{Guid.NewGuid():N}.zip";
        var path = Path.Combine(ImportPlace.Uploads(folder), name);
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                await zip.CopyToAsync(file, cancel);
            }
            // A zip that is none is told at once, not by a job that fails later.
            PhotoFiles.OfZip(path, limits, page).Dispose();
            return new(name, IsZip: true, Path.GetFileName(zip.FileName), page);
        }
        catch (IOException error) when (error.IsDiskFull())
        {
            File.Delete(path);
            throw new LabelerException("The disk is full: free some space and upload the zip again.", error);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
