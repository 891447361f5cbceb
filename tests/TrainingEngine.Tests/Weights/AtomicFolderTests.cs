using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Tests.Weights;

public sealed class AtomicFolderTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("atomic");

    [Fact]
    public void A_folder_appears_only_when_it_is_complete()
    {
        var path = Path.Combine(_parent.FullName, "one");

        AtomicFolder.Write(path, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "a"), "1");
            Assert.False(Directory.Exists(path));
        });

        Assert.Equal("1", File.ReadAllText(Path.Combine(path, "a")));
        Assert.Equal([path], AtomicFolder.Complete(_parent.FullName));
    }

    [Fact]
    public void A_folder_is_replaced_as_a_whole()
    {
        var path = Path.Combine(_parent.FullName, "one");
        AtomicFolder.Write(path, folder => File.WriteAllText(Path.Combine(folder, "old"), "1"));

        AtomicFolder.Write(path, folder => File.WriteAllText(Path.Combine(folder, "new"), "2"));

        Assert.Equal(["new"], Directory.GetFiles(path).Select(Path.GetFileName));
        Assert.Equal([path], _parent.GetDirectories().Select(folder => folder.FullName));
    }

    [Fact]
    public void A_full_disk_is_one_clear_error_and_leaves_the_old_folder()
    {
        var path = Path.Combine(_parent.FullName, "one");
        AtomicFolder.Write(path, folder => File.WriteAllText(Path.Combine(folder, "old"), "1"));

        var error = Assert.Throws<EngineException>(() => AtomicFolder.Write(path, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "new"), "2");
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            full.Write(new byte[1 << 16]);
            full.Flush(flushToDisk: true);
        }));

        Assert.Contains($"could not write {path}", error.Message);
        Assert.Contains("No space left", error.Message);
        Assert.Equal(["old"], Directory.GetFiles(path).Select(Path.GetFileName));
        Assert.Equal([path], _parent.GetDirectories().Select(folder => folder.FullName));
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
