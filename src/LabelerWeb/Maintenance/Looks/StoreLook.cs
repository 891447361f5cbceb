using Labeler.Shared.Storage.S3;

namespace Labeler.Web.Maintenance.Looks;

/// <summary>Whether the store takes files and gives them back, and whether all that the database names is there and sound.</summary>
internal sealed class StoreLook(IServiceProvider services, DoctorReport report)
{
    private readonly FileStore _store = services.GetRequiredService<FileStore>();

    /// <param name="named">What the database names, by hash; null where it cannot be read.</param>
    /// <param name="readAll">Reads also what a server keeps, which has to come here for that.</param>
    public async Task Run(IReadOnlyDictionary<string, string>? named, bool readAll, CancellationToken cancel)
    {
        var isFar = _store is S3Store;
        if (await report.Try("store", async () =>
            {
                await _store.Probe(cancel);
                return isFar ? "the bucket takes a file, gives it back and removes it" : "the folder of files can be written";
            }))
        {
            await Files(named ?? new Dictionary<string, string>(), readAll || !isFar, cancel);
        }
    }

    /// <summary>Whether database, data folder and store are one installation's.</summary>
    public Task Installation(DataFolder folder, CancellationToken cancel) => report.Try("installation", async () =>
    {
        var marks = await services.GetRequiredService<Installation>().Read(cancel);
        LabelerException.ThrowIf(Shared.Data.Installation.Fault(marks, folder) is not null,
            $"{Shared.Data.Installation.Fault(marks, folder)}");
        return "database, files and data folder belong together";
    });

    private async Task Files(IReadOnlyDictionary<string, string> named, bool read, CancellationToken cancel)
    {
        var (count, bytes, missing) = (0, 0L, new HashSet<string>(named.Keys));
        await foreach (var (hash, length) in _store.All(cancel))
        {
            missing.Remove(hash);
            (count, bytes) = (count + 1, bytes + length);
            if (read && !await _store.IsSound(hash, cancel))
            {
                report.Fault("files", $"{_store.PathOf(hash)} is damaged{(named.TryGetValue(hash, out var what) ? $": {what}" : "")}");
            }
        }
        foreach (var hash in missing.Order(StringComparer.Ordinal))
        {
            report.Fault("files", $"{_store.PathOf(hash)} is missing: {named[hash]}");
        }
        report.Say("files", FormattableString.Invariant(
            $"{count:N0} {(read ? "were read through" : "are there (--read reads them through)")}, {DoctorReport.Size(bytes)}; ")
            + FormattableString.Invariant($"the database names {named.Count:N0}"));
    }
}
