using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Labeler.Tests.Support;

namespace Labeler.Shared.Tests.Imaging;

public sealed class NativePackageTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("linux-arm64")]
    [InlineData("osx-arm64")]
    [InlineData("win-x64")]
    public void Libvips_is_referenced_for_the_system_that_the_program_runs_on_and_for_no_other(string? runtime)
    {
        string project = Path.Combine(Repository.Root, "src", "Shared", "Shared.csproj");
        string[] target = runtime is null ? [] : [$"-p:RuntimeIdentifier={runtime}"];
        using var evaluated = JsonDocument.Parse(Output(["msbuild", project, "-getItem:PackageReference", "-getItem:PackageVersion", .. target]));

        string[] Native(string item) =>
        [
            .. evaluated.RootElement.GetProperty("Items").GetProperty(item).EnumerateArray()
                .Select(one => one.GetProperty("Identity").GetString()!).Where(name => name.StartsWith("NetVips.Native", StringComparison.Ordinal)),
        ];

        string referenced = Assert.Single(Native("PackageReference"));
        Assert.Equal($"NetVips.Native.{runtime ?? Here}", referenced);
        Assert.Contains(referenced, Native("PackageVersion"));
    }

    private static string Here => (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    private static string Output(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}
