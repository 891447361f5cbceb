using Labeler.Shared.Storage;
using Labeler.Shared.Tests.Support;

namespace Labeler.Shared.Tests.Storage;

public sealed class The_store_keeps_files_by_content : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-store-").FullName;
    private readonly FileStore _store;

    public The_store_keeps_files_by_content() => _store = new FileStore(_folder);

    [Fact]
    public async Task The_same_content_is_kept_once_under_its_hash()
    {
        var first = await _store.Put("abc"u8.ToArray());
        var again = await _store.Put(new MemoryStream("abc"u8.ToArray()));
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", first);
        Assert.Equal(first, again);
        Assert.Equal(Path.Combine(_folder, "ba", "78", first), Assert.Single(AllFiles()));
        Assert.Equal("abc"u8.ToArray(), await _store.Read(first));
    }

    [Fact]
    public async Task Many_writers_of_one_content_leave_one_whole_file()
    {
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        var hashes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => new FileStore(_folder).Put(new MemoryStream(content)))));
        Assert.Single(hashes.Distinct());
        Assert.Single(AllFiles());
        await _store.Verify(hashes[0]);
    }

    [Fact]
    public async Task A_source_that_breaks_off_leaves_nothing()
    {
        await Assert.ThrowsAsync<IOException>(() => _store.Put(new BreakingStream(100_000, new IOException("the line went dead"))));
        Assert.Empty(AllFiles());
    }

    [Fact]
    public async Task A_full_disk_leaves_nothing_and_says_so()
    {
        var full = new IOException("No space left on device", 28);
        var error = await Assert.ThrowsAsync<StorageException>(() => _store.Put(new BreakingStream(100_000, full)));
        Assert.Contains("is full", error.Message);
        Assert.Empty(AllFiles());
    }

    [SmallDiskFact]
    public async Task A_disk_that_is_really_full_leaves_nothing_and_says_so()
    {
        using var disk = new SmallDisk(kilobytes: 256);
        var store = new FileStore(disk.Folder);
        var kept = await store.Put(new byte[10_000]);
        var error = await Assert.ThrowsAsync<StorageException>(() => store.Put(new MemoryStream(new byte[1_000_000])));
        Assert.Contains("is full", error.Message);
        Assert.Equal([store.PathOf(kept)], Directory.GetFiles(disk.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_damaged_file_is_noticed()
    {
        var hash = await _store.Put("abc"u8.ToArray());
        await File.WriteAllTextAsync(_store.PathOf(hash), "abd");
        await Assert.ThrowsAsync<LabelerException>(() => _store.Read(hash));
        await Assert.ThrowsAsync<LabelerException>(() => _store.Verify(hash));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("")]
    public void Only_hashes_name_files(string name) => Assert.Throws<LabelerException>(() => _store.PathOf(name));

    [Fact]
    public void A_missing_file_is_one_clear_line() =>
        Assert.Contains("is missing", Assert.Throws<LabelerException>(() => _store.OpenRead(new string('0', 64))).Message);

    [Fact]
    public async Task What_a_dead_process_left_is_cleared_away()
    {
        var hash = await _store.Put("abc"u8.ToArray());
        var left = Path.Combine(_folder, "incoming", "left");
        await File.WriteAllTextAsync(left, "half");
        File.SetLastWriteTimeUtc(left, new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _store.DropIncoming(TimeSpan.FromDays(1), new DateTimeOffset(2025, 1, 3, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal([_store.PathOf(hash)], AllFiles());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] AllFiles() => Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);

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
