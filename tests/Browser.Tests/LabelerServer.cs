using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Labeler.Tests.Support;

namespace Labeler.Browser.Tests;

/// <summary>The built web application as a process of its own, on a free port, with a data folder of its own that goes with it.</summary>
public sealed partial class LabelerServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly ConcurrentQueue<string> _output = new();
    private readonly IReadOnlyDictionary<string, string> _environment;
    private string[] _settings;
    private Process _process;

    private LabelerServer(string[] settings, IReadOnlyDictionary<string, string> environment)
    {
        (_settings, _environment) = (settings, environment);
        // One that begins with the demo projects begins as a newcomer's, with nothing.
        if (!settings.Any(setting => setting.StartsWith("ConnectionStrings:", StringComparison.Ordinal) || setting == "Web:DemoProjects=true"))
        {
            MigratedDatabase.PutInto(Data);
        }
        _process = Launch(0);
    }

    /// <summary>Such as http://127.0.0.1:40123.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Megabytes of memory that it holds now.</summary>
    public double Resident
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Seconds of all processors that it has used, without its worker.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public string Data { get; } = Directory.CreateTempSubdirectory("labeler-").FullName;

    /// <summary>Everything that it wrote to its terminal.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts it and waits until it listens. <paramref name="settings"/> are of its configuration, such as <c>Web:SignInsPerMinute=3</c>.</summary>
    public static Task<LabelerServer> Start(params string[] settings) => Start(new Dictionary<string, string>(), settings);

    /// <summary>The same, with variables of its environment.</summary>
    public static async Task<LabelerServer> Start(IReadOnlyDictionary<string, string> environment, params string[] settings)
    {
        var server = new LabelerServer(settings, environment);
        server.Address = (await server.WaitFor(Listening())).Groups[1].Value;
        return server;
    }

    /// <summary>Starts it where it should not start, and says how that ended.</summary>
    public static async Task<(int ExitCode, string Errors)> TryStart(params string[] arguments)
    {
        // A port that is free, unless the test is about ports: another program may have the usual one.
        using var process = Process.Start(Program(arguments.Contains("--port") ? arguments : ["--port", "0", .. arguments]))!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        await output;
        return (process.ExitCode, await errors);
    }

    /// <summary>Waits for a line of its output.</summary>
    public async Task<Match> WaitFor(Regex line)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            if (_output.Select(o => line.Match(o)).FirstOrDefault(m => m.Success) is { } match)
            {
                return match;
            }
            if (_process.HasExited || started.Elapsed > Patience)
            {
                throw new InvalidOperationException($"The server {(_process.HasExited ? $"ended with {_process.ExitCode}" : "did not say")} before /{line}/:\n{Output}");
            }
            await Task.Delay(50);
        }
    }

    /// <summary>Ends it as a power cut would, without a chance to finish anything.</summary>
    public async Task Kill()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>The trainer worker that it has started and that runs now.</summary>
    public async Task<Process> Worker()
    {
        var started = Stopwatch.StartNew();
        while (started.Elapsed < Patience)
        {
            if (Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).FirstOrDefault(name => int.TryParse(name, out _) && IsWorker(name!)) is { } id)
            {
                return Process.GetProcessById(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
            }
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"The server has started no worker:\n{Output}");
    }

    /// <summary>Starts it again on the same port and data, with other settings where some are given.</summary>
    public async Task StartAgain(params string[] other)
    {
        _settings = other is [] ? _settings : other;
        _output.Clear();
        _process = Launch(new Uri(Address).Port);
        await WaitFor(Listening());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await Kill();
        }
        _process.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    private Process Launch(int port)
    {
        // No projects and nobody shown around to begin with, unless a test asks for it: each test makes what it needs.
        var start = Program("--Web:DemoProjects=false", "--Tours:Start=false", "--port", $"{port}", "--data", Data);
        foreach (var setting in _settings)
        {
            start.ArgumentList.Add($"--{setting}");
        }
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }
        var launched = Process.Start(start)!;
        launched.OutputDataReceived += (_, e) => Keep(e.Data);
        launched.ErrorDataReceived += (_, e) => Keep(e.Data);
        launched.BeginOutputReadLine();
        launched.BeginErrorReadLine();
        return launched;
    }

    private static ProcessStartInfo Program(params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var application = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "LabelerWeb", configuration, "LabelerWeb.dll"));
        return new("dotnet", [application, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    private bool IsWorker(string id)
    {
        try
        {
            // The fourth field of stat, the second after the name in brackets, is the parent.
            var parent = File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return parent == $"{_process.Id}" && File.ReadAllText($"/proc/{id}/cmdline").Split('\0') is ["dotnet", _, "worker", ..];
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }

    [GeneratedRegex(@"listening on:? (http://\S+)", RegexOptions.IgnoreCase)]
    private static partial Regex Listening();
}
