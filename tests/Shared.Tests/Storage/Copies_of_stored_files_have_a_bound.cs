using Labeler.Shared.Storage;
using Labeler.Shared.Storage.Caching;

namespace Labeler.Shared.Tests.Storage;

public sealed class Copies_of_stored_files_have_a_bound : IDisposable
{
    private const int Size = 100_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-copies-").FullName;
    private readonly StoreCache _cache;

    public Copies_of_stored_files_have_a_bound() => _cache = new(_folder, 5 * Size);

    [Fact]
    public async Task What_was_used_longest_ago_goes()
    {
        var hashes = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            hashes.Add(await Keep(_cache, i));
            Age(hashes[^1], 10 - i);
        }
        Assert.All(hashes, hash => Assert.True(IsThere(hash)));
        // Used now, so that another is the oldest.
        _cache.Open(hashes[0])!.Dispose();
        hashes.Add(await Keep(_cache, 5));
        Assert.Equal([true, false, true, true, true, true], hashes.Select(IsThere));
    }

    [Fact]
    public async Task The_bound_holds_also_when_two_processes_bring_in()
    {
        using var other = new StoreCache(_folder, 5 * Size);
        for (var i = 0; i < 20; i++)
        {
            await Keep(i % 2 == 0 ? _cache : other, i);
            Assert.InRange(Bytes(), Size, 5 * Size);
        }
    }

    [Fact]
    public async Task What_another_process_uses_stays_until_it_lets_go()
    {
        using var other = new StoreCache(_folder, 5 * Size);
        var lent = await Keep(_cache, 0);
        other.Lend(lent);
        Age(lent, 1000);
        for (var i = 1; i < 12; i++)
        {
            await Keep(_cache, i);
        }
        Assert.True(IsThere(lent));
        other.LetGo();
        Age(lent, 1000);
        for (var i = 12; i < 18; i++)
        {
            await Keep(_cache, i);
        }
        Assert.False(IsThere(lent));
    }

    [Fact]
    public async Task What_a_dead_process_used_goes()
    {
        var lent = await Keep(_cache, 0);
        // As it lies there when the system has dropped a dead process's lock.
        var dead = Directory.CreateDirectory(Path.Combine(_folder, "lent", "dead")).FullName;
        await File.WriteAllTextAsync(Path.Combine(dead, "lock"), "");
        await File.WriteAllTextAsync(Path.Combine(dead, lent), "");
        Age(lent, 1000);
        for (var i = 1; i < 8; i++)
        {
            await Keep(_cache, i);
        }
        Assert.False(IsThere(lent));
        Assert.False(Directory.Exists(dead));
    }

    [Fact]
    public async Task A_file_that_is_read_can_be_read_to_its_end_after_it_went()
    {
        var hash = await Keep(_cache, 0);
        await using var open = _cache.Open(hash)!;
        Age(hash, 1000);
        for (var i = 1; i < 8; i++)
        {
            await Keep(_cache, i);
        }
        Assert.False(IsThere(hash));
        Assert.Equal(hash, await ContentHash.Of(open, default));
    }

    public void Dispose()
    {
        _cache.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string> Keep(StoreCache cache, int seed)
    {
        var content = new byte[Size];
        new Random(seed).NextBytes(content);
        using var received = await ReceivedFile.Take(new MemoryStream(content), cache.Incoming, Timeout.InfiniteTimeSpan, default);
        cache.Keep(received);
        return received.Hash;
    }

    private void Age(string hash, int minutes) => File.SetLastWriteTimeUtc(_cache.PathOf(hash), DateTime.UtcNow.AddMinutes(-minutes));

    private bool IsThere(string hash) => File.Exists(_cache.PathOf(hash));

    private long Bytes() => new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
