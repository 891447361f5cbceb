using System.Diagnostics;

namespace Labeler.Tests.Support;

/// <summary>Python of the system with nothing but its own library.</summary>
internal static class Python
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    public static string Path { get; } = Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3";

    /// <summary>Runs a program in a folder and returns what it printed.</summary>
    public static async Task<string> Run(string program, string folder)
    {
        var start = new ProcessStartInfo(Path, ["-I", "-"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var python = Process.Start(start)!;
        try
        {
            var (output, errors) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
            await python.StandardInput.WriteAsync(program);
            python.StandardInput.Close();
            await python.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
            Assert.True(python.ExitCode == 0, $"The program ended with {python.ExitCode}:\n{await output}\n{await errors}");
            return await output;
        }
        finally
        {
            if (!python.HasExited)
            {
                python.Kill();
            }
        }
    }
}

/// <summary>A test that is skipped with a word where there is no Python.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute() =>
        Skip = File.Exists(Python.Path) ? null : $"There is no {Python.Path} (Debian's package python3; another by the variable PYTHON).";
}
