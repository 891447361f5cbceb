using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Scoring;
using Labeler.Shared.Storage;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support.S3;
using Labeler.Web.Maintenance;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Labeler.Web.Tests;

/// <summary>One line for each thing that is wrong, and how to mend it.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-doctor-").FullName;
    private readonly Dictionary<string, string?> _settings = [];
    private TimeProvider _clock = TimeProvider.System;

    [Fact]
    public async Task A_folder_without_a_database_is_told_so()
    {
        var (well, said) = await Examine();
        Assert.False(well);
        Assert.Contains($"database     FAULT: {Path.Combine(_folder, "labeler.db")} is missing: start the application once", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_an_older_or_a_newer_version_is_told_so()
    {
        await Begin();
        await using (var services = Services())
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            await db.Database.ExecuteSqlAsync($"DELETE FROM __EFMigrationsHistory WHERE MigrationId = (SELECT max(MigrationId) FROM __EFMigrationsHistory)");
        }
        Assert.Contains("database     FAULT: it lacks 1 of ", (await Examine()).Said, StringComparison.Ordinal);
        await using (var services = Services())
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            await db.Database.ExecuteSqlAsync($"INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_Later', '10.0.0')");
        }
        Assert.Contains("database     FAULT: it has version 99990101000000_Later, which this program does not know", (await Examine()).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_told_so()
    {
        await Begin();
        await using (var services = Services())
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            db.Projects.Add(Project.Create("Lost", LabelingTask.FlagBatch, new() { ModelFolder = "models/nowhere" }, DateTimeOffset.UtcNow));
            await db.SaveChangesAsync();
        }
        var (well, said) = await Examine();
        Assert.False(well);
        Assert.Contains("model        FAULT: There is no model in models/nowhere: the folder must hold a model_index.json", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_do_not_open_what_is_encrypted_are_told_so()
    {
        await Begin();
        await using (var services = Services())
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            db.Rewards.Add(new Reward("Judge", RewardKind.Endpoint, new() { Address = "http://127.0.0.1:9/score" }, services.GetRequiredService<RewardKeys>().Protect("secret"), "Ada", DateTimeOffset.UtcNow));
            await db.SaveChangesAsync();
        }
        Assert.Contains("keys         they open all 1 secrets of the database", (await Examine()).Said, StringComparison.Ordinal);
        await using (var services = Services())
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            Assert.NotEqual(0, await db.DataProtectionKeys.ExecuteDeleteAsync());
        }
        var (well, said) = await Examine();
        Assert.False(well);
        Assert.Contains("keys         FAULT: the key of the reward \"Judge\" cannot be opened: bring the keys back from a backup", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_what_the_engine_computes_on()
    {
        await Begin();
        var (well, said) = await Examine(devices: true);
        Assert.True(well, said);
        Assert.Matches("devices      libtorch .*; device c", said);
    }

    [BucketFact]
    public async Task A_bucket_that_is_not_there_is_told_so()
    {
        using var server = new S3Server();
        await Begin();
        Use(server.Settings(await server.NewBucket()));
        Assert.Contains("store        the bucket takes a file, gives it back and removes it", (await Examine()).Said, StringComparison.Ordinal);
        Use(server.Settings("absent"));
        Assert.Contains($"store        FAULT: The store {server.Address.ToString().TrimEnd('/')} has no bucket \"absent\": make it, or mend Store:S3:Bucket", (await Examine()).Said, StringComparison.Ordinal);
    }

    [PostgreSqlFact]
    public async Task Two_installations_on_one_database_are_told_so_and_the_second_does_not_start()
    {
        using var server = new PostgreSqlServer();
        _settings["ConnectionStrings:Labeler"] = await server.NewDatabase();
        await Begin();
        var (well, said) = await Examine();
        Assert.True(well, said);
        Assert.Contains("database     PostgreSQL ", said, StringComparison.Ordinal);
        Assert.Contains(" s from the database server's", said, StringComparison.Ordinal);
        Assert.Contains("installation database, files and data folder belong together", said, StringComparison.Ordinal);

        using var second = new DoctorTests();
        second.Use(_settings);
        Assert.Contains($"installation FAULT: The database is used with another data folder than {second._folder}", (await second.Examine()).Said, StringComparison.Ordinal);
        Assert.Contains("is used with another data folder", (await Assert.ThrowsAsync<LabelerException>(second.Begin)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(second._folder, "installation"), Guid.NewGuid().ToString("N"));
        Assert.Contains("installation FAULT: The database belongs to another installation than the data folder", (await second.Examine()).Said, StringComparison.Ordinal);

        _clock = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(5));
        (well, said) = await Examine();
        Assert.False(well);
        Assert.Matches(@"clock        FAULT: this machine's is \d+\.\d s ahead of the database server's: set both by a time server", said);

        _settings["ConnectionStrings:Labeler"] = new NpgsqlConnectionStringBuilder(_settings["ConnectionStrings:Labeler"]) { Database = "absent" }.ConnectionString;
        Assert.Matches("database     FAULT: PostgreSQL at .* does not let in \\(.*\"absent\" does not exist\\): start it, or mend ConnectionStrings:Labeler", (await Examine()).Said);
        NpgsqlConnection.ClearAllPools();
    }

    [BucketFact]
    public async Task Two_installations_on_one_bucket_are_told_so_and_two_machines_of_one_installation_are_not()
    {
        using var server = new S3Server();
        Use(server.Settings(await server.NewBucket()));
        await Begin();
        using var second = new DoctorTests();
        second.Use(_settings);
        Assert.Contains("keeps the files of another installation", (await Assert.ThrowsAsync<LabelerException>(second.Begin)).Message, StringComparison.Ordinal);
        var (well, said) = await second.Examine();
        Assert.False(well);
        Assert.Contains("installation FAULT: The store keeps the files of another installation: set another Store:S3:Bucket or Store:S3:Prefix", said, StringComparison.Ordinal);
        File.Copy(Path.Combine(_folder, "installation"), Path.Combine(second._folder, "installation"));
        (well, said) = await second.Examine();
        Assert.True(well, said);
        await second.Begin();
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private void Use(Dictionary<string, string?> settings)
    {
        foreach (var (name, value) in settings)
        {
            _settings[name] = value;
        }
    }

    // What a program does when it starts.
    private async Task Begin()
    {
        OwnerOnly.Close(_folder);
        await using var services = Services();
        await services.GetRequiredService<Migrator>().Apply();
        await services.GetRequiredService<Installation>().Require();
    }

    private ServiceProvider Services() => new ServiceCollection().AddSingleton(_clock)
        .AddLabelerData(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build(), _folder).BuildServiceProvider();

    private async Task<(bool Well, string Said)> Examine(bool devices = false)
    {
        await using var services = Services();
        using var output = new StringWriter { NewLine = "\n" };
        return (await new Doctor(services, output).Look(CancellationToken.None, devices: devices), output.ToString());
    }
}
