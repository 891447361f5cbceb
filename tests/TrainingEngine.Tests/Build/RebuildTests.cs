namespace Labeler.TrainingEngine.Tests.Build;

/// <summary>When ./labeler builds again, with a stand-in for the compiler.</summary>
public sealed class RebuildTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RebuildTests()
    {
        foreach (var name in new[] { "src", "build", "wwwroot-assets", "bench", "tests/Support" })
        {
            Directory.CreateDirectory(_folder.File(name));
        }

        File.WriteAllText(_folder.File("a.props"), "");
        File.WriteAllText(_folder.File("appsettings.json"), "{}");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_builds_once_and_again_when_a_source_is_newer()
    {
        Assert.Equal(1, Builds("", "engine"));
        Assert.Equal(0, Builds("", "engine"));

        File.WriteAllText(_folder.File("src", "new.cs"), "");
        File.SetLastWriteTimeUtc(_folder.File("src", "new.cs"), DateTime.UtcNow.AddMinutes(1));

        Assert.Equal(1, Builds("", "engine"));
    }

    [Fact]
    public void Another_libtorch_makes_every_build_out_of_date()
    {
        Builds("", "engine");
        Builds("", "web", "engine");

        Assert.Equal(2, Builds("1", "web", "engine"));
        Assert.Equal(0, Builds("1", "web", "engine"));
        Assert.Equal(1, Builds("", "engine"));
        Assert.Equal(0, Builds("", "engine"));
        Assert.Equal(2, Builds("", "web", "engine"));
    }

    private int Builds(string cuda, params string[] projects)
    {
        var script = $"""root='{_folder.Path}'; dotnet() (echo built >> "$root/log"); . '{Path.Combine(MsBuild.Root, "build", "build.sh")}'; build_project {string.Join(' ', projects)}""";
        File.WriteAllText(_folder.File("log"), "");
        var (code, _, errors) = MsBuild.Run("bash", cuda.Length == 0 ? null : new Dictionary<string, string> { ["LABELER_CUDA"] = cuda }, "-c", script);
        Assert.True(code == 0, errors);
        return File.ReadAllLines(_folder.File("log")).Length;
    }
}
