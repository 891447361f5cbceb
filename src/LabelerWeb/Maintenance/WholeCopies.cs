using Labeler.Shared.Data.Backups;
using Labeler.Shared.Data.Copying;

namespace Labeler.Web.Maintenance;

/// <summary><c>backup FILE</c> and <c>restore FILE</c>: all of an installation in one file.</summary>
internal sealed class WholeCopies(IServiceProvider services, TextWriter output)
{
    /// <returns>Is everything in it that the database names?</returns>
    public async Task<bool> Write(string file, CancellationToken cancel)
    {
        var written = await services.GetRequiredService<WholeBackup>().Write(file, Told, cancel);
        foreach (var fault in written.Faults)
        {
            output.WriteLine($"FAULT: {fault}");
        }
        output.WriteLine(FormattableString.Invariant(
            $"{Path.GetFullPath(file)}: the database, {written.Files:N0} stored files and the keys, {written.Bytes / 1e6:N1} MB. ")
            + "Whoever has it can read everything: keep it safe.");
        return written.Faults.Count == 0;
    }

    public async Task<bool> PutBack(string file, CancellationToken cancel)
    {
        var aside = await services.GetRequiredService<WholeRestore>().Put(file, Told, cancel);
        await services.GetRequiredService<Installation>().Join(cancel);
        output.WriteLine(
            $"{Path.GetFullPath(file)} is restored." + (aside is null ? "" : $" What the database was before lies in {aside}."));
        return true;
    }

    private void Told(TableCount table) => output.WriteLine(table.Line);
}
