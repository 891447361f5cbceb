using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support;
using Labeler.Tests.Support.S3;
using Labeler.Web.Maintenance;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Servers;

/// <summary>An installation whose files are in a bucket moves whole: by a backup, and to PostgreSQL.</summary>
public sealed class BucketInstallationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-moved-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [BucketFact]
    public async Task A_backup_brings_database_and_files_into_a_bucket_and_from_one_bucket_into_another()
    {
        using var server = new S3Server();
        var (folder, first, second) = (Place("folder"), Place("first", server.Settings(await server.NewBucket())),
            Place("second", server.Settings(await server.NewBucket())));
        await Fill(folder);

        await Move(folder, first);
        await Move(first, second);

        await AreAlike(folder, second);
        await using var services = second.Open();
        // Of a bucket, not of a folder that happens to be beside it.
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(second.Folder, "files"), "*", SearchOption.AllDirectories));
        Assert.Contains("database, files and data folder belong together", await second.Examined());
    }

    [BucketFact]
    public async Task A_damaged_file_of_the_bucket_is_named_by_the_backup_which_says_so_by_its_outcome()
    {
        using var server = new S3Server();
        var bucket = await server.NewBucket();
        var (folder, place) = (Place("folder"), Place("kept", server.Settings(bucket)));
        await Fill(folder);
        await Move(folder, place);
        var hash = (await place.Hashes())[0];
        var key = (await server.Client.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects.Single(o => o.Key.EndsWith(hash, StringComparison.Ordinal)).Key;
        await server.Client.PutObjectAsync(new() { BucketName = bucket, Key = key, InputStream = new MemoryStream([1, 2, 3]), UseChunkEncoding = false });

        await using var services = place.Open();
        using var said = new StringWriter();
        Assert.False(await new WholeCopies(services, said).Write(Path.Combine(_folder, "damaged.tar"), default));

        Assert.Contains($"{hash} is damaged", said.ToString(), StringComparison.Ordinal);
    }

    [InstallationFact]
    public async Task Migrating_to_postgresql_takes_every_row_and_leaves_the_bucket_as_it_is_and_a_backup_brings_both_back()
    {
        using var server = new S3Server();
        using var database = new PostgreSqlServer();
        var settings = server.Settings(await server.NewBucket());
        var (folder, onFile) = (Place("folder"), Place("moved", settings));
        await Fill(folder);
        await Move(folder, onFile);
        var onServer = onFile with { Settings = new(settings) { [Connection] = await database.NewDatabase() } };

        using (var said = new StringWriter())
        {
            await using var services = onServer.Open();
            Assert.True(await new MoveDatabase(services, said).Run(MoveDatabase.Sqlite, MoveDatabase.PostgreSql, default));
            Assert.Contains("rows were copied and compared", said.ToString(), StringComparison.Ordinal);
        }

        await AreAlike(onFile, onServer);
        var other = Place("restored", new(server.Settings(await server.NewBucket())) { [Connection] = await database.NewDatabase() });
        await Move(onServer, other);
        await AreAlike(onServer, other);
        Assert.Contains("database     PostgreSQL ", await other.Examined());
        Npgsql.NpgsqlConnection.ClearAllPools();
    }

    private static string Connection => $"ConnectionStrings:{ServiceRegistration.ConnectionName}";

    private Installed Place(string name, Dictionary<string, string?>? settings = null) => new(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, settings ?? []);

    private static async Task Fill(Installed place)
    {
        await using var seeded = await SeededProject.Create(place.Folder, "Moved", LabelingTask.FlagBatch, groups: 2);
        Assert.NotEmpty(await place.Hashes());
    }

    // What ./labeler backup FILE and ./labeler restore FILE do.
    private async Task Move(Installed from, Installed to)
    {
        var archive = Path.Combine(_folder, $"{Path.GetFileName(to.Folder)}.tar");
        using var said = new StringWriter();
        await using (var services = from.Open())
        {
            Assert.True(await new WholeCopies(services, said).Write(archive, default), said.ToString());
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        await using (var services = to.Open())
        {
            Assert.True(await new WholeCopies(services, said).PutBack(archive, default), said.ToString());
        }
    }

    private static async Task AreAlike(Installed one, Installed other)
    {
        Assert.Equal(await one.Hashes(), await other.Hashes());
        Assert.Equal(await one.Rows(), await other.Rows());
        var examined = await other.Examined();
        Assert.Matches("files +[0-9,]+ were read through", examined);
        Assert.DoesNotMatch("(files|store|installation|database) +FAULT", examined);
    }

    private sealed record Installed(string Folder, Dictionary<string, string?> Settings)
    {
        public ServiceProvider Open() => new ServiceCollection().AddSingleton(TimeProvider.System)
            .AddLabelerData(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build(), Folder).BuildServiceProvider();

        public async Task<List<string>> Hashes()
        {
            await using var services = Open();
            return await services.GetRequiredService<FileStore>().All().Select(file => file.Hash).Order().ToListAsync();
        }

        public async Task<string> Rows()
        {
            await using var services = Open();
            await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            var projects = await db.Projects.OrderBy(p => p.Id).Select(p => new { p.Id, p.Name, p.CreatedAt }).ToListAsync();
            var items = await db.Items.OrderBy(i => i.Id).Select(i => new { i.Id, i.GroupId, i.Rank }).ToListAsync();
            var images = await db.Images.OrderBy(i => i.Id).Select(i => new { i.Id, i.ContentHash, i.Width }).ToListAsync();
            Assert.NotEmpty(images);
            return string.Join('\n', [.. projects.Cast<object>(), .. items, .. images]);
        }

        public async Task<string> Examined()
        {
            await using var services = Open();
            using var output = new StringWriter { NewLine = "\n" };
            await new Doctor(services, output).Look(default, readAll: true, devices: false);
            return output.ToString();
        }
    }

    private sealed class InstallationFactAttribute : FactAttribute
    {
        public InstallationFactAttribute()
        {
            Skip = (new BucketFactAttribute().Skip, new PostgreSqlFactAttribute().Skip) is var (bucket, database) ? bucket ?? database : null;
        }
    }
}
