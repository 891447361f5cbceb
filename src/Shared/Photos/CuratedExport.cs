using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Labeler.Shared.Exports;
using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Photos;

/// <summary>The curated photos for other programs: a folder of images with <c>metadata.jsonl</c>, as data set libraries read it, in a zip;
/// and a table.</summary>
public static class CuratedExport
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes a zip: <c>metadata.jsonl</c> with <c>file_name</c>, <c>text</c> (empty without a caption) and <c>label</c>, and the
    /// images as <see cref="Delivered"/> gives them: all pixels, nothing else that a photo's file says.</summary>
    public static async Task WriteZip(IReadOnlyList<CuratedPhoto> photos, FileStore files, Stream output,
        CancellationToken cancel = default)
    {
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, null, cancel);
        var names = new List<string>();
        foreach (var photo in photos)
        {
            var (content, format) = await DeliveredPicture.Read(files, photo.Photo.ContentHash, Delivered.Whole, cancel);
            var name = string.Create(CultureInfo.InvariantCulture, $"images/{names.Count:00000}{format.Extension()}");
            names.Add(name);
            await using var entry = await zip.CreateEntry(name, CompressionLevel.NoCompression).OpenAsync(cancel);
            await entry.WriteAsync(content, cancel);
        }
        await using var list = new StreamWriter(await zip.CreateEntry("metadata.jsonl").OpenAsync(cancel));
        foreach (var (photo, name) in photos.Zip(names))
        {
            await list.WriteAsync(
                JsonSerializer.Serialize(new { file_name = name, text = photo.Photo.Caption ?? "", label = photo.Label }, Readable) + "\n");
        }
    }

    public static Task WriteCsv(IReadOnlyList<CuratedPhoto> photos, TextWriter writer) => Csv.Write(
        writer, ["photo", "file", "label", "votes", "caption", "caption_by", "width", "height", "sha256"],
        photos.Select(one => new object?[]
        {
            one.Photo.Id, one.Photo.Name, one.Label, one.Votes, one.Photo.Caption, one.Photo.CaptionBy, one.Width, one.Height,
                one.Photo.ContentHash,
        }).ToAsyncEnumerable());
}
