using Labeler.Shared;
using Labeler.Shared.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Tests.Support;

/// <summary>A SQLite database that is migrated once in this process: each test takes a copy, which the program finds up to date.</summary>
public static class MigratedDatabase
{
    private static readonly Lazy<byte[]> Content = new(Make);

    /// <summary>Puts one into a data folder that has none.</summary>
    public static void PutInto(string folder)
    {
        var file = new DataFolder(folder).Database;
        if (!File.Exists(file))
        {
            File.WriteAllBytes(file, Content.Value);
        }
    }

    private static byte[] Make()
    {
        var folder = Directory.CreateTempSubdirectory("labeler-migrated-").FullName;
        try
        {
            using var services = new ServiceCollection().AddLabelerData(new ConfigurationBuilder().Build(), folder).BuildServiceProvider();
            services.GetRequiredService<Migrator>().Apply().GetAwaiter().GetResult();
            using (var db = services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContext())
            {
                // With its last connection the file takes in what was written beside it.
                SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
            }
            return File.ReadAllBytes(services.GetRequiredService<DataFolder>().Database);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
