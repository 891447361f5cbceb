using System.Diagnostics;

namespace Labeler.TrainingEngine.Tests.Build;

/// <summary>The build itself, on the repository that the tests were built from.</summary>
internal static class MsBuild
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(GoldenCopy.Path, "..", ".."));

    public static string Engine { get; } = Path.Combine(Root, "src", "TrainingEngine", "TrainingEngine.csproj");

    /// <summary>Release or debug, as the tests were built.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>Runs dotnet, leaves no build server behind, and returns what it wrote.</summary>
    public static string Dotnet(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var (code, output, errors) = Run("dotnet", environment, arguments);
        Assert.True(code == 0, output + errors);
        return output;
    }

    public static (int Code, string Output, string Errors) Run(string program, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in new[] { "LABELER_CUDA", "LABELER_LIBTORCH" })
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
