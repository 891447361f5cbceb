using System.IO.Compression;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>A data set as Argilla's client keeps it on a disk (<c>Dataset.from_disk</c>): what it is called, settings, and records with
/// the pictures in them.</summary>
internal sealed class ArgillaWriter : ISetWriter
{
    private const string Settings = """
        {"guidelines": "Which picture do you prefer?", "allow_extra_metadata": true,
         "distribution": {"strategy": "overlap", "min_submitted": 1},
         "fields": [
          {"name": "prompt", "title": "prompt", "required": true, "settings": {"type": "text", "use_markdown": false}},
          {"name": "image_1", "title": "image_1", "required": true, "settings": {"type": "image"}},
          {"name": "image_2", "title": "image_2", "required": true, "settings": {"type": "image"}}],
         "questions": [{"name": "preference", "title": "preference", "description": null, "required": true,
          "settings": {"type": "label_selection", "options": [
           {"value": "image_1", "text": "Image 1", "description": null}, {"value": "image_2", "text": "Image 2", "description": null}],
           "visible_options": null}}],
         "metadata": [], "vectors": []}

        """;

    private readonly ZipArchive _zip;
    private StreamWriter _records = null!;
    private string _before = "[\n";

    private ArgillaWriter(ZipArchive zip) => _zip = zip;

    public static async Task<ArgillaWriter> Open(Stream output, string name, CancellationToken cancel)
    {
        var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, null, cancel);
        foreach (var (file, text) in new[]
        {
            (".argilla/dataset.json", SetText.Json(new { name, status = "draft", allow_extra_metadata = true })),
            (".argilla/settings.json", Settings),
        })
        {
            await using var entry = new StreamWriter(await zip.CreateEntry(file).OpenAsync(cancel));
            await entry.WriteAsync(text);
        }
        return new(zip) { _records = new(await zip.CreateEntry("records.json", CompressionLevel.Fastest).OpenAsync(cancel)) };
    }

    public async Task Add(PairRow row, SetPicture first, SetPicture second, CancellationToken cancel)
    {
        var value = row.FirstWins ? "image_1" : "image_2";
        await _records.WriteAsync((_before + SetText.Json(new
        {
            fields = new { prompt = row.Prompt, image_1 = SetText.DataAddress(first), image_2 = SetText.DataAddress(second) },
            metadata = new { weight = row.Weight, votes = row.Votes, model = row.Model },
            suggestions = new { preference = new { value, score = row.Weight, agent = "votes" } },
            responses = new { },
            vectors = new { },
            status = "pending",
        })).AsMemory(), cancel);
        _before = ",\n";
    }

    public async ValueTask DisposeAsync()
    {
        await _records.WriteAsync(_before == "[\n" ? "[]\n" : "\n]\n");
        await _records.DisposeAsync();
        await _zip.DisposeAsync();
    }
}
