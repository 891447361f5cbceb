using System.Runtime.InteropServices;
using System.Security;

namespace Labeler.TrainingEngine.Tests.Build;

/// <summary>The step of the build that lets TorchSharp's library load where the C++ library is older than the one it was built with.</summary>
public sealed class WeakVersionTests(WeakVersionTests.Libraries libraries) : IClassFixture<WeakVersionTests.Libraries>
{
    private static byte[] Original => File.ReadAllBytes(Libraries.Original);

    [Fact]
    public void The_weakened_library_differs_in_one_bit_and_loads()
    {
        var (before, after) = (Original, libraries["weak"]);

        var different = Assert.Single(Enumerable.Range(0, before.Length), at => before[at] != after[at]);
        Assert.Equal(2, before[different] ^ after[different]);
        AssertLoads(libraries.PathOf("weak"));
    }

    [Fact]
    public void The_copy_beside_the_program_is_the_weakened_one() => Assert.Equal(
        libraries["weak"], File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so")));

    [Fact]
    public void Where_the_system_has_the_version_a_weak_need_of_it_is_met_like_any_other()
    {
        Assert.NotEqual(libraries["weak"], libraries["weaker"]);
        AssertLoads(libraries.PathOf("weaker"));
    }

    [Theory]
    [InlineData("other version")]
    [InlineData("beginning of a version")]
    public void A_library_without_that_need_is_copied_as_it_is(string name) => Assert.Equal(Original, libraries[name]);

    [Fact]
    public void A_weakened_library_stays_as_it_is() => Assert.Equal(libraries["weak"], libraries["weak again"]);

    private static void AssertLoads(string library)
    {
        // libtorch, which it needs, is in this process already.
        Assert.NotEmpty(TorchSharp.torch.__version__);
        var handle = NativeLibrary.Load(library);
        Assert.NotEqual(0, NativeLibrary.GetExport(handle, "THSTensor_matmul"));
        NativeLibrary.Free(handle);
    }

    /// <summary>What the step makes of TorchSharp's library as the package has it, in one run of the build.</summary>
    public sealed class Libraries : IDisposable
    {
        // Every C++ library since gcc 5 has GLIBCXX_3.4.21.
        private static readonly (string Name, string From, string Version)[] Made =
        [
            ("weak", "", "GLIBCXX_3.4.32"), ("weak again", "weak", "GLIBCXX_3.4.32"), ("weaker", "weak", "GLIBCXX_3.4.21"),
            ("other version", "", "GLIBCXX_9.9.9"), ("beginning of a version", "", "GLIBCXX_3.4.3"),
        ];

        private readonly TemporaryFolder _folder = new();

        public Libraries()
        {
            string Quoted(string path) => SecurityElement.Escape(path);
            var steps = Made.Select(step =>
                $"""<WeakenVersionNeed Source="{Quoted(step.From.Length == 0 ? Original : PathOf(step.From))}" Destination="{Quoted(PathOf(step.Name))}" Version="{step.Version}" />""");
            File.WriteAllText(_folder.File("weaken.proj"), $"""
                <Project>
                  <Import Project="{Quoted(Path.Combine(MsBuild.Root, "build", "torch.targets"))}" />
                  <Target Name="Weaken">{string.Concat(steps)}</Target>
                </Project>
                """);
            MsBuild.Dotnet(null, "msbuild", _folder.File("weaken.proj"), "-t:Weaken", "-v:q", "-nologo");
        }

        public static string Original { get; } = Path.Combine(
            Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
            "torchsharp", "0.107.0", "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

        internal byte[] this[string name] => File.ReadAllBytes(PathOf(name));

        internal string PathOf(string name) => _folder.File(name, "libLibTorchSharp.so");

        public void Dispose() => _folder.Dispose();
    }
}
