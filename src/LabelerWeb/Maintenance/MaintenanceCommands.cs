using System.CommandLine;
using Labeler.Shared.Data.Backups;
using Labeler.Web.Hosting;

namespace Labeler.Web.Maintenance;

/// <summary>What an administrator does with a data folder by the command line: <c>doctor</c>, <c>backup</c>, <c>restore</c>,
/// <c>migrate</c>, <c>upgrade</c> and <c>import</c>.</summary>
public static class MaintenanceCommands
{
    /// <summary>Does what the command line asks for; null where that is none of these.</summary>
    /// <returns>0 where all is well.</returns>
    public static int? Run(string[] args)
    {
        var data = new Option<string>("--data") { Description = "Folder for everything that is kept", DefaultValueFactory = _ => "data" };
        var name = new Argument<string>("NAME") { Description = "A file of the backups folder, or the path of another" };
        var read = new Option<bool>("--read") { Description = "Also read every file of a store on a server through" };
        var doctor = new Command("doctor",
            "Looks through an installation: database, store, keys, models, devices, backups, permissions.") { data, read };
        doctor.SetAction((parsed, stop) => With(parsed.GetValue(data)!, services =>
            new Doctor(services, Console.Out).Look(stop, parsed.GetValue(read))));
        var file = new Argument<string?>("FILE")
        {
            Description = "New file for all of the installation; without it the database alone is copied into the data folder's backups",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var backup = new Command("backup", "Copies an installation into one file, or its database into the data folder's backups.")
        {
            file, data,
        };
        backup.SetAction((parsed, stop) => With(parsed.GetValue(data)!, services => parsed.GetValue(file) is { } path
            ? new WholeCopies(services, Console.Out).Write(path, stop) : CopyDatabase(services)));
        var restore = new Command("restore", "Puts a backup in the place of what is there, while nothing runs.") { name, data };
        restore.SetAction((parsed, stop) => Into(parsed.GetValue(data)!, services => PutBack(services, parsed.GetValue(name)!, stop)));
        var from = new Option<string>("--from") { Description = "sqlite or postgresql", Required = true };
        var to = new Option<string>("--to") { Description = "postgresql or sqlite", Required = true };
        var migrate = new Command("migrate",
            "Copies all rows from the data folder's SQLite file to the configured PostgreSQL database, or back, while nothing runs.")
        {
            from, to, data,
        };
        migrate.SetAction((parsed, stop) => With(parsed.GetValue(data)!, services =>
            new MoveDatabase(services, Console.Out).Run(parsed.GetValue(from)!, parsed.GetValue(to)!, stop)));
        var upgrade = new Command("upgrade",
            "Brings the database up to this program's version and ends; the application does the same when it starts.") { data };
        upgrade.SetAction((parsed, stop) => Into(parsed.GetValue(data)!, services => Upgrade(services, Console.Out, stop)));
        var set = new Argument<string>("PATH") { Description = "A Parquet file, a zip, a file of JSON lines, or a folder with such files" };
        var project = new Option<string>("--project") { Description = "The project's name in addresses, after /p/", Required = true };
        var import = new Command("import", "Takes a preference set into a project that compares pairs, also while the application runs.")
        {
            set, project, data,
        };
        import.SetAction((parsed, stop) => With(parsed.GetValue(data)!, services =>
            new ImportSet(services, Console.Out).Run(parsed.GetValue(set)!, parsed.GetValue(project)!, stop)));
        Command[] all = [doctor, backup, restore, migrate, upgrade, import];
        if (!all.Any(command => command.Name == args.FirstOrDefault()))
        {
            return null;
        }
        var root = new RootCommand();
        Array.ForEach(all, root.Subcommands.Add);
        return root.Parse(args).Invoke();
    }

    /// <summary>Also while servers of an older version run: they wait no longer than at the start of another.</summary>
    internal static async Task<bool> Upgrade(IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        await services.GetRequiredService<FileStore>().Check(stop);
        await services.GetRequiredService<Migrator>().Apply(() => services.GetRequiredService<Installation>().Require(stop), stop);
        await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(stop);
        output.WriteLine($"The database has version {(await db.Database.GetAppliedMigrationsAsync(stop)).Last()}.");
        return true;
    }

    private static Task<bool> CopyDatabase(IServiceProvider services)
    {
        RequireSqlite(services);
        Console.WriteLine(services.GetRequiredService<DatabaseBackups>().Write(BackupKind.Manual).Path);
        return Task.FromResult(true);
    }

    private static async Task<bool> PutBack(IServiceProvider services, string name, CancellationToken stop)
    {
        if (File.Exists(name) && await WholeRestore.IsArchive(name, stop))
        {
            return await new WholeCopies(services, Console.Out).PutBack(name, stop);
        }
        RequireSqlite(services);
        var folder = services.GetRequiredService<DataFolder>();
        var aside = new Restore(folder, TimeProvider.System).Put(name);
        Console.WriteLine($"{folder.Database} is restored." + (aside is null ? "" : $" What it was before lies in {aside}."));
        return true;
    }

    // A new folder may be filled.
    private static Task<int> Into(string folder, Func<IServiceProvider, Task<bool>> work)
    {
        OwnerOnly.Begin();
        Directory.CreateDirectory(folder);
        return With(folder, work);
    }

    private static async Task<int> With(string folder, Func<IServiceProvider, Task<bool>> work)
    {
        try
        {
            LabelerException.ThrowIf(!Directory.Exists(folder), $"There is no folder {Path.GetFullPath(folder)}; name one with --data DIR");
            OwnerOnly.Begin();
            var configuration = SharedSettings.Read();
            await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration)
                .AddLabelerData(configuration, folder).BuildServiceProvider();
            return await work(services) ? 0 : 1;
        }
        catch (Exception error) when (error is LabelerException or IOException or UnauthorizedAccessException)
        {
            return HostingSetup.Say(error.Message);
        }
        catch (Exception error) when (StorageTrouble.Away(error) is { } away)
        {
            return HostingSetup.Say(away);
        }
    }

    private static void RequireSqlite(IServiceProvider services)
    {
        using var db = services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContext();
        LabelerException.ThrowIf(
            !db.Database.IsSqlite(),
                "The database is a PostgreSQL server's: ./labeler backup FILE copies it, too, and restore FILE brings it back; or use the "
                + "server's own tools, as pg_dump.");
    }
}
