using Labeler.Shared.Data.Backups;
using Labeler.Shared.Data.Copying;

namespace Labeler.Web.Maintenance;

/// <summary><c>migrate</c>: all rows from the data folder's SQLite file to the PostgreSQL database that the configuration names, or back,
/// while nothing runs. The one that they come from stays as it is.</summary>
internal sealed class MoveDatabase(IServiceProvider services, TextWriter output)
{
    /// <summary>The kinds of database that the command line knows.</summary>
    public const string Sqlite = "sqlite", PostgreSql = "postgresql";

    private readonly DataFolder _folder = services.GetRequiredService<DataFolder>();

    /// <exception cref="LabelerException">No server is configured, something runs, or one of the databases does not fit.</exception>
    public async Task<bool> Run(string from, string to, CancellationToken cancel)
    {
        LabelerException.ThrowIf((from, to) is not ((Sqlite, PostgreSql) or (PostgreSql, Sqlite)),
            $"say --from {Sqlite} --to {PostgreSql}, or --from {PostgreSql} --to {Sqlite}");
        await using var server = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(cancel);
        LabelerException.ThrowIf(server.Database.IsSqlite(),
            "No PostgreSQL database is configured: set ConnectionStrings:Labeler in appsettings.json, or the environment variable "
                + "ConnectionStrings__Labeler");
        LabelerException.ThrowIf(from == Sqlite && !File.Exists(_folder.Database), $"There is no {_folder.Database}");
        LabelerException.ThrowIf(to == Sqlite && File.Exists(_folder.Database),
            $"There is a {_folder.Database} already: move it away first");
        using var alone = FolderUse.TryAlone(_folder) ?? throw new LabelerException(
            $"A program uses the data folder {_folder.Root}: stop the application and its workers first.");
        await services.GetRequiredService<Migrator>().Apply(cancel);
        var rows = from == Sqlite ? await ToServer(server, cancel) : await ToFile(server, cancel);
        output.WriteLine($"{rows:N0} rows were copied and compared. " + (from == Sqlite
            ? $"Start the application with the same setting; {_folder.Database} stays as it is."
            : "Start the application without the setting; the server's database stays as it is."));
        return true;
    }

    private async Task<long> ToServer(LabelerDb server, CancellationToken cancel)
    {
        await using var file = SqliteFile.Context(_folder.Database);
        return await DatabaseCopy.Run(file, server, Told, cancel);
    }

    // A file that is not whole never stands in the database's place.
    private async Task<long> ToFile(LabelerDb server, CancellationToken cancel)
    {
        var unfinished = Path.Combine(_folder.Root, $".unfinished-{Guid.NewGuid():N}");
        try
        {
            var rows = await DatabaseCopy.IntoNewFile(server, unfinished, Told, cancel);
            File.Move(unfinished, _folder.Database);
            return rows;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private void Told(TableCount table) => output.WriteLine(table.Line);
}
