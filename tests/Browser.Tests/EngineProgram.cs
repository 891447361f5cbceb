using System.Diagnostics;
using Labeler.Shared.Imaging;
using Labeler.Tests.Support;

namespace Labeler.Browser.Tests;

/// <summary>The built engine, as <c>./labeler engine</c> starts it.</summary>
public static class EngineProgram
{
    /// <summary>Samples two images of one prompt with the bundled model and gives their pixels.</summary>
    /// <param name="adapter">File of an adapter to put on the model, or null.</param>
    public static async Task<IReadOnlyList<byte[]>> Sample(string? adapter)
    {
        var folder = Directory.CreateTempSubdirectory("labeler-").FullName;
        try
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
            var engine = Repository.At("artifacts", "bin", "TrainingEngine", configuration, "TrainingEngine.dll");
            List<string> arguments = [engine, "sample", "--model", Repository.At("models", "mirror-world"), "--prompt", "1 hand", "--count", "1", "--group", "2", "--seed", "5", "--steps", "5", "--guidance", "1", "--out", folder];
            if (adapter is not null)
            {
                arguments.AddRange(["--adapter", adapter]);
            }
            using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"The engine ended with {process.ExitCode}: {await output} {await errors}");
            }
            // Written anew without the text inside, which names the adapter.
            return [.. Directory.EnumerateFiles(folder, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => Picture.Decode(File.ReadAllBytes(file)).ToPng())];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
