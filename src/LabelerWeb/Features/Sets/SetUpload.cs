using Labeler.Shared.Photos;
using Labeler.Shared.PreferenceSets;

namespace Labeler.Web.Features.Sets;

/// <summary>Where a form says that a preference set comes from.</summary>
public sealed class SetUpload(DataFolder folder, ImportLimits limits, SetImport import)
{
    public const string Endings = ".parquet,.zip,.jsonl";

    /// <exception cref="LabelerException">Neither a file nor a place on the server is named, or it is no preference set.</exception>
    public async Task<SetImportOrder> Take(IFormFile? file, string? typed, CancellationToken cancel)
    {
        if (file is not { Length: > 0 })
        {
            LabelerException.ThrowIf(string.IsNullOrWhiteSpace(typed), "Choose a file, or name a folder or a file on the server.");
            var place = ImportPlace.Below(typed!, folder, limits);
            return await Looked(new(place, IsUpload: false, Path.GetFileName(place)), cancel);
        }
        LabelerException.ThrowIf(
            file.Length > limits.MaxZipBytes,
            Texts.Say($"The file has {file.Length >> 20:N0} MiB; the most is {limits.MaxZipBytes >> 20:N0} MiB. ")
                + Texts.Say($"Put larger sets into the import folder."));
        var ending = Path.GetExtension(file.FileName).ToLowerInvariant();
        LabelerException.ThrowIf(
            !Endings.Split(',').Contains(ending),
            "A preference set is a Parquet file, a zip or a file of JSON lines (.parquet, .zip, .jsonl).");
        var name = $"{Guid.NewGuid():N}{ending}";
        var path = Path.Combine(ImportPlace.Uploads(folder), name);
        try
        {
            await using (var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                await file.CopyToAsync(output, cancel);
            }
            return await Looked(new(name, IsUpload: true, Path.GetFileName(file.FileName)), cancel);
        }
        catch (IOException error) when (error.IsDiskFull())
        {
            File.Delete(path);
            throw new LabelerException("The disk is full: free some space and upload the file again.", error);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private async Task<SetImportOrder> Looked(SetImportOrder order, CancellationToken cancel)
    {
        await import.Look(order, cancel);
        return order;
    }
}
