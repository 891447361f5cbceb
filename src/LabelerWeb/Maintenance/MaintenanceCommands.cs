using System.CommandLine;
using Labeler.Shared.Data.Backups;
using Labeler.Web.Hosting;

namespace Labeler.Web.Maintenance;

/// <summary>What an administrator does with a data folder while no page is served from it: <c>doctor</c>, <c>backup</c> and
/// <c>restore</c>.</summary>
public static class MaintenanceCommands
{
    /// <summary>Does what the command line asks for; null where that is none of these.</summary>
    /// <returns>0 where all is well.</returns>
    public static int? Run(string[] args)
    {
        var data = new Option<string>("--data") { Description = "Folder for everything that is kept", DefaultValueFactory = _ => "data" };
        var name = new Argument<string>("NAME") { Description = "A file of the backups folder, or the path of another" };
        var doctor = new Command("doctor", "Looks through a data folder: database, files, backups, permissions.") { data };
        doctor.SetAction((parsed, stop) => With(parsed.GetValue(data)!, services =>
            new Doctor(services, Console.Out).Look(stop)));
        var backup = new Command("backup", "Copies the database into the data folder's backups.") { data };
        backup.SetAction((parsed, _) => With(parsed.GetValue(data)!, services =>
        {
            RequireSqlite(services);
            Console.WriteLine(services.GetRequiredService<DatabaseBackups>().Write(BackupKind.Manual).Path);
            return Task.FromResult(true);
        }));
        var restore = new Command("restore", "Puts a backup in the place of the database, while nothing runs.") { name, data };
        restore.SetAction((parsed, _) => With(parsed.GetValue(data)!, services =>
        {
            RequireSqlite(services);
            var folder = services.GetRequiredService<DataFolder>();
            var aside = new Restore(folder, TimeProvider.System).Put(parsed.GetValue(name)!);
            Console.WriteLine($"{folder.Database} is restored." + (aside is null ? "" : $" What it was before lies in {aside}."));
            return Task.FromResult(true);
        }));
        Command[] all = [doctor, backup, restore];
        if (!all.Any(command => command.Name == args.FirstOrDefault()))
        {
            return null;
        }
        var root = new RootCommand();
        Array.ForEach(all, root.Subcommands.Add);
        return root.Parse(args).Invoke();
    }

    private static async Task<int> With(string folder, Func<IServiceProvider, Task<bool>> work)
    {
        try
        {
            LabelerException.ThrowIf(!Directory.Exists(folder), $"There is no folder {Path.GetFullPath(folder)}; name one with --data DIR");
            OwnerOnly.Begin();
            var configuration = new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory)
                .AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();
            await using var services = new ServiceCollection().AddLabelerData(configuration, folder).BuildServiceProvider();
            return await work(services) ? 0 : 1;
        }
        catch (Exception error) when (error is LabelerException or IOException or UnauthorizedAccessException)
        {
            return HostingSetup.Say(error.Message);
        }
    }

    private static void RequireSqlite(IServiceProvider services)
    {
        using var db = services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContext();
        LabelerException.ThrowIf(
            !db.Database.IsSqlite(), "The database is a PostgreSQL server's: make and restore its backups there, as with pg_dump.");
    }
}
