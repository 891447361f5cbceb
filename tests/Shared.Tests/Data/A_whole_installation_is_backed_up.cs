using System.Formats.Tar;
using System.Text;
using Labeler.Shared.Data;
using Labeler.Shared.Data.Backups;
using Labeler.Shared.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class A_whole_installation_is_backed_up(Databases databases) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-archive-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, OnEachDatabase(Databases.Sqlite, Databases.PostgreSql)]
    public async Task It_is_restored_on_another_machine_with_all_that_was_acknowledged(string from, string to)
    {
        if (to == Databases.PostgreSql && PostgreSqlServer.Binaries is null)
        {
            return;
        }
        await using var world = await databases.World(from);
        var scene = await Scene.Sampled(world, groups: 6);
        await File.WriteAllTextAsync(Path.Combine(world.Get<DataFolder>().Keys, "key-1.xml"), "<key/>");
        Directory.CreateDirectory(Path.Combine(world.Get<DataFolder>().Runs, "a run"));
        await File.WriteAllTextAsync(Path.Combine(world.Get<DataFolder>().Runs, "a run", "curve.csv"), "1,2");
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        var acknowledged = await scene.Read(db => db.Votes.CountAsync());
        Assert.True(acknowledged > 0);
        // Work goes on meanwhile.
        var voting = Task.Run(() => scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(2)));

        var written = await world.Get<WholeBackup>().Write(Archive, _ => { });
        await voting;

        Assert.Equal((0, await world.Files.All().CountAsync()), (written.Faults.Count, written.Files));
        Assert.Equal(new FileInfo(Archive).Length, written.Bytes);
        await using var other = await databases.EmptyWorld(to);
        Assert.True(await WholeRestore.IsArchive(Archive));
        Assert.Null(await other.Get<WholeRestore>().Put(Archive, _ => { }));
        await other.Get<Migrator>().Apply();
        await using var db = other.Open();
        var votes = await db.Votes.CountAsync();
        Assert.InRange(votes, acknowledged, await scene.Read(all => all.Votes.CountAsync()));
        var named = await FileReferences.Read(db);
        Assert.NotEmpty(named);
        foreach (var hash in named.Keys)
        {
            Assert.True(await other.Files.IsSound(hash));
        }
        Assert.Equal("<key/>", await File.ReadAllTextAsync(Path.Combine(other.Get<DataFolder>().Keys, "key-1.xml")));
        Assert.Equal("1,2", await File.ReadAllTextAsync(Path.Combine(other.Get<DataFolder>().Runs, "a run", "curve.csv")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(other.Folder, ".unfinished-*"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(world.Folder, ".unfinished-*"));
    }

    [Fact]
    public async Task A_database_that_was_there_is_set_aside()
    {
        await using var world = await Written(groups: 2);
        await using var other = await databases.World(Databases.Sqlite);
        await Scene.Sampled(other, groups: 5);
        SqliteConnection.ClearAllPools();

        var aside = await other.Get<WholeRestore>().Put(Archive, _ => { });

        await using var db = other.Open();
        Assert.Equal(2, await db.Groups.CountAsync());
        await using var before = SqliteFile.Context(aside!);
        Assert.Equal(5, await before.Groups.CountAsync());
    }

    [PostgreSqlFact]
    public async Task A_server_s_database_that_holds_something_is_not_overwritten()
    {
        await using var world = await Written(groups: 2);
        await using var other = await databases.World(Databases.PostgreSql);
        var scene = await Scene.Sampled(other, groups: 5);
        Assert.Contains("is not empty", (await Refused(other)).Message);
        Assert.Equal(5, await scene.Read(db => db.Groups.CountAsync()));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.6)]
    [InlineData(0.98)]
    public async Task One_that_was_cut_off_changes_nothing_that_is_in_use(double share)
    {
        await using var world = await Written(groups: 4);
        await using (var file = new FileStream(Archive, FileMode.Open))
        {
            // An archive ends with a kilobyte of zeros and is filled up to a block.
            file.SetLength((long)((file.Length - 2048) * share));
        }
        await using var other = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(other, groups: 5);

        Assert.Contains("cut off", (await Refused(other)).Message);

        Assert.Equal(5, await scene.Read(db => db.Groups.CountAsync()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(other.Folder, ".unfinished-*"));
    }

    [Fact]
    public async Task A_damaged_file_in_it_is_told_by_its_name()
    {
        await using var world = await Written(groups: 1);
        var bytes = await File.ReadAllBytesAsync(Archive);
        var place = bytes.AsSpan().LastIndexOf("trajectory"u8);
        bytes[place]++;
        await File.WriteAllBytesAsync(Archive, bytes);
        await using var other = await databases.EmptyWorld(Databases.Sqlite);
        Assert.Contains("does not fit its name", (await Refused(other)).Message);
        Assert.False(File.Exists(other.Get<DataFolder>().Database));
    }

    [Fact]
    public async Task What_is_missing_in_the_store_is_told_and_the_rest_is_kept()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Scene.Sampled(world, groups: 2);
        var all = await world.Files.All().Select(file => world.Files.PathOf(file.Hash)).Order(StringComparer.Ordinal).ToListAsync();
        File.Delete(all[0]);
        await File.WriteAllTextAsync(all[1], "other");

        var written = await world.Get<WholeBackup>().Write(Archive, _ => { });

        Assert.Equal(all.Count - 2, written.Files);
        Assert.Contains(written.Faults, fault => fault.StartsWith(all[0] + " is missing: a", StringComparison.Ordinal));
        Assert.Contains(written.Faults, fault => fault.StartsWith(all[1] + " is damaged: a", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("keys/../../outside")]
    [InlineData("/tmp/outside")]
    [InlineData("keys/.hidden")]
    [InlineData("other.txt")]
    public async Task A_foreign_archive_writes_nowhere(string name)
    {
        await using (var file = File.Create(Archive))
        await using (var tar = new TarWriter(file))
        {
            await tar.WriteEntryAsync(Entry("labeler-backup.json", """{"Format":1,"Made":"2026-11-27T00:00:00Z","Database":"SQLite"}"""));
            await tar.WriteEntryAsync(Entry(name, "x"));
        }
        await using var other = await databases.EmptyWorld(Databases.Sqlite);
        Assert.Contains("which no backup has", (await Refused(other)).Message);
    }

    [Fact]
    public async Task A_newer_archive_and_a_file_that_is_there_are_refused()
    {
        await using (var file = File.Create(Archive))
        await using (var tar = new TarWriter(file))
        {
            await tar.WriteEntryAsync(Entry("labeler-backup.json", """{"Format":2,"Made":"2026-11-27T00:00:00Z","Database":"SQLite"}"""));
        }
        await using var other = await databases.World(Databases.Sqlite);
        Assert.Contains("newer program", (await Refused(other)).Message);
        Assert.Contains("is there already",
            (await Assert.ThrowsAsync<LabelerException>(() => other.Get<WholeBackup>().Write(Archive, _ => { }))).Message);
        Assert.False(await WholeRestore.IsArchive(other.Get<DataFolder>().Database));
    }

    private string Archive => Path.Combine(_folder, "all.tar");

    private static PaxTarEntry Entry(string name, string content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private async Task<World> Written(int groups)
    {
        var world = await databases.World(Databases.Sqlite);
        await Scene.Sampled(world, groups);
        await world.Get<WholeBackup>().Write(Archive, _ => { });
        SqliteConnection.ClearAllPools();
        return world;
    }

    private async Task<LabelerException> Refused(World world)
    {
        SqliteConnection.ClearAllPools();
        return await Assert.ThrowsAsync<LabelerException>(() => world.Get<WholeRestore>().Put(Archive, _ => { }));
    }
}
