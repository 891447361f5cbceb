using System.Runtime.Versioning;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Tests.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class Others_do_not_read_the_data_folder : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0b111_101_101;
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_that_was_open_to_others_is_closed_with_all_that_is_in_it()
    {
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "files", "ab")).FullName;
        File.WriteAllText(Path.Combine(inner, "picture"), "");
        foreach (var open in new[] { _folder, Path.GetDirectoryName(inner)!, inner, Path.Combine(inner, "picture") })
        {
            File.SetUnixFileMode(open, Open);
        }
        OwnerOnly.Close(_folder);
        OwnerOnly.Close(_folder);

        Assert.Equal(0b111_000_000, (int)File.GetUnixFileMode(_folder));
        Assert.Equal(0b111_000_000, (int)File.GetUnixFileMode(inner));
        Assert.Equal(0b110_000_000, (int)File.GetUnixFileMode(Path.Combine(inner, "picture")));
    }

    [Fact]
    public void What_links_lead_to_outside_is_left_alone()
    {
        var outside = Directory.CreateTempSubdirectory("labeler-");
        File.SetUnixFileMode(outside.FullName, Open);
        File.SetUnixFileMode(_folder, Open);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "link"), outside.FullName);
        OwnerOnly.Close(_folder);
        Assert.Equal(Open, File.GetUnixFileMode(outside.FullName));
        outside.Delete();
    }
}
