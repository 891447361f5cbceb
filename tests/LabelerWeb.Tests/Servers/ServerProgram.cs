using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Labeler.Web.Tests.Servers;

/// <summary>The built web application as a process of its own, on a free port, with an empty data folder that goes with it.</summary>
internal sealed partial class ServerProgram : IAsyncDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("labeler-").FullName;

    private ServerProgram(IEnumerable<(string Name, string Value)> environment, string[] settings)
    {
        var application = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "LabelerWeb", new DirectoryInfo(AppContext.BaseDirectory).Name, "LabelerWeb.dll"));
        var start = new ProcessStartInfo("dotnet", [application, "--port", "0", "--data", _data, "--Web:DemoProjects=false", "--Trainer:Start=false", .. settings]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        Process = Process.Start(start)!;
    }

    public Process Process { get; }

    public HttpClient Browser { get; } = new();

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<ServerProgram> Start(IEnumerable<(string Name, string Value)> environment, params string[] settings)
    {
        var program = new ServerProgram(environment, settings);
        while (await program.Process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Address().Match(line) is { Success: true } found)
            {
                program.Browser.BaseAddress = new(found.Groups[1].Value);
                return program;
            }
        }
        await program.DisposeAsync();
        throw new InvalidOperationException("The program ended before it listened.");
    }

    /// <summary>Asks it to end, as systemd does.</summary>
    public async Task Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{Process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync();
        }
        Process.Dispose();
        Browser.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [GeneratedRegex(@"listening on (http://\S+)")]
    private static partial Regex Address();
}
