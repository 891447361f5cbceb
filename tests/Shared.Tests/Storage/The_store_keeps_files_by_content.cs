using Labeler.Shared.Storage;
using Labeler.Shared.Tests.Support;

namespace Labeler.Shared.Tests.Storage;

[Collection(Stores.Collection)]
public sealed class The_store_keeps_files_by_content(Stores stores)
{
    [Theory, OnEachStore]
    public async Task The_same_content_is_kept_once_under_its_hash(string kind)
    {
        await using var place = await stores.Open(kind);
        var first = await place.Store.Put("abc"u8.ToArray());
        var again = await place.Again().Put(new MemoryStream("abc"u8.ToArray()));
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", first);
        Assert.Equal(first, again);
        Assert.Equal([new StoredFile(first, 3)], await place.Store.All().ToListAsync());
        Assert.EndsWith($"/ba/78/{first}", place.Store.PathOf(first), StringComparison.Ordinal);
        Assert.Equal("abc"u8.ToArray(), await place.Again().Read(first));
        Assert.Equal((true, 3), (await place.Store.Has(first), await place.Store.SizeOf(first)));
        Assert.Equal(0, await place.Beside());
    }

    [Theory, OnEachStore]
    public async Task What_is_not_there_is_not_there(string kind)
    {
        await using var place = await stores.Open(kind);
        await place.Store.Check();
        Assert.Equal((false, null), (await place.Store.Has(new string('0', 64)), await place.Store.SizeOf(new string('0', 64))));
        Assert.Empty(await place.Hashes());
    }

    [Theory, OnEachStore]
    public async Task Many_writers_of_one_content_leave_one_whole_file(string kind)
    {
        await using var place = await stores.Open(kind);
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        var hashes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => place.Again()).Select(store => Task.Run(() => store.Put(new MemoryStream(content)))));
        Assert.Equal([Assert.Single(hashes.Distinct())], await place.Hashes());
        await place.Store.Verify(hashes[0]);
        Assert.Equal(0, await place.Beside());
    }

    [Theory, OnEachStore]
    public async Task A_source_that_breaks_off_leaves_nothing(string kind)
    {
        await using var place = await stores.Open(kind);
        await Assert.ThrowsAsync<IOException>(() => place.Store.Put(new BreakingStream(100_000, new IOException("the line went dead"))));
        Assert.Empty(await place.Hashes());
        Assert.Equal(0, await place.Beside());
    }

    [Theory, OnEachStore]
    public async Task A_full_disk_leaves_nothing_and_says_so(string kind)
    {
        await using var place = await stores.Open(kind);
        var full = new IOException("No space left on device", 28);
        var error = await Assert.ThrowsAsync<StorageException>(() => place.Store.Put(new BreakingStream(100_000, full)));
        Assert.Contains("is full", error.Message, StringComparison.Ordinal);
        Assert.Empty(await place.Hashes());
        Assert.Equal(0, await place.Beside());
    }

    [SmallDiskFact]
    public async Task A_disk_that_is_really_full_leaves_nothing_and_says_so()
    {
        using var disk = new SmallDisk(kilobytes: 256);
        var store = new FolderStore(disk.Folder);
        var kept = await store.Put(new byte[10_000]);
        var error = await Assert.ThrowsAsync<StorageException>(() => store.Put(new MemoryStream(new byte[1_000_000])));
        Assert.Contains("is full", error.Message, StringComparison.Ordinal);
        Assert.Equal([store.PathOf(kept)], Directory.GetFiles(disk.Folder, "*", SearchOption.AllDirectories));
    }

    [Theory, OnEachStore]
    public async Task A_damaged_file_is_noticed(string kind)
    {
        await using var place = await stores.Open(kind);
        var hash = await place.Store.Put("abc"u8.ToArray());
        await place.Damage(hash, "abd"u8.ToArray());
        Assert.Contains("is damaged", (await Assert.ThrowsAsync<LabelerException>(() => place.Store.Read(hash))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LabelerException>(() => place.Store.Verify(hash));
        Assert.Throws<LabelerException>(() => place.Store.Verified(hash));
        Assert.Null(await place.Store.OpenSound(hash));
        Assert.Equal(0, await place.Beside());
    }

    [Theory, OnEachStore("../../etc/passwd", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", "")]
    public async Task Only_hashes_name_files(string kind, string name)
    {
        await using var place = await stores.Open(kind);
        Assert.Throws<LabelerException>(() => place.Store.PathOf(name));
        await Assert.ThrowsAsync<LabelerException>(async () => await place.Store.OpenRead(name));
        await Assert.ThrowsAsync<LabelerException>(async () => await place.Store.Has(name));
        Assert.Throws<LabelerException>(() => place.Store.Verified(name));
    }

    [Theory, OnEachStore]
    public async Task A_missing_file_is_one_clear_line(string kind)
    {
        await using var place = await stores.Open(kind);
        var hash = new string('0', 64);
        var error = await Assert.ThrowsAsync<LabelerException>(async () => await place.Store.OpenRead(hash));
        Assert.Equal($"The stored file {place.Store.PathOf(hash)} is missing: restore it from a backup.", error.Message);
        Assert.Contains("is missing", (await Assert.ThrowsAsync<LabelerException>(() => place.Store.IsSound(hash))).Message, StringComparison.Ordinal);
        Assert.Equal(0, await place.Beside());
    }

    [Theory, OnEachStore]
    public async Task A_verified_file_lies_on_this_machine(string kind)
    {
        await using var place = await stores.Open(kind);
        var hash = await place.Store.Put("abc"u8.ToArray());
        Assert.Equal("abc", await File.ReadAllTextAsync(place.Again().Verified(hash)));
    }

    [Theory, OnEachStore]
    public async Task What_a_dead_process_left_is_cleared_away(string kind)
    {
        await using var place = await stores.Open(kind);
        var hash = await place.Store.Put("abc"u8.ToArray());
        await place.LeaveHalf();
        var left = await place.Beside();
        await place.Store.DropIncoming(TimeSpan.FromDays(1), DateTimeOffset.UtcNow);
        Assert.Equal(left, await place.Beside());
        await place.Store.DropIncoming(TimeSpan.FromDays(1), DateTimeOffset.UtcNow.AddDays(2));
        Assert.Equal(0, await place.Beside());
        Assert.Equal([hash], await place.Hashes());
    }

    [Theory, OnEachStore]
    public async Task What_nothing_names_goes_unless_it_was_brought_in_since(string kind)
    {
        await using var place = await stores.Open(kind);
        var hash = await place.Store.Put("abc"u8.ToArray());
        await place.Store.Remove(hash, DateTimeOffset.UtcNow.AddHours(-1));
        Assert.True(await place.Store.Has(hash));
        Assert.Equal("abc"u8.ToArray(), await place.Store.Read(hash));
        await place.Store.Remove(hash, DateTimeOffset.UtcNow.AddHours(1));
        Assert.False(await place.Store.Has(hash));
        await Assert.ThrowsAsync<LabelerException>(() => place.Store.Read(hash));
        await place.Store.Remove(hash, DateTimeOffset.UtcNow.AddHours(1));
        Assert.Equal(0, await place.Beside());
    }

    /// <summary>Gives some bytes, then fails.</summary>
    private sealed class BreakingStream(int bytes, Exception error) : MemoryStream
    {
        private int _left = bytes;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left <= 0)
            {
                throw error;
            }
            var count = Math.Min(buffer.Length, _left);
            _left -= count;
            return ValueTask.FromResult(count);
        }
    }
}
