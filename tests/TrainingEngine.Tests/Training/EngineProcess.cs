using System.Diagnostics;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>The engine as a process of its own, which can be killed.</summary>
internal sealed class EngineProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private EngineProcess(Process process)
    {
        _process = process;
        (_output, _errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "TrainingEngine.dll");

    public bool Running => !_process.HasExited;

    /// <summary>Resident set in bytes; 0 once it has ended.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? 0 : _process.WorkingSet64;
        }
    }

    public static EngineProcess Start(params string[] arguments) => StartWith([], arguments);

    /// <summary>With environment variables of its own.</summary>
    public static EngineProcess StartWith(Dictionary<string, string> environment, params string[] arguments) => Launch("dotnet", [Program, .. arguments], environment);

    /// <summary>Under a limit on the size of files, as a full disk: writing more is an error.</summary>
    public static EngineProcess StartWithFilesUpTo(int kilobytes, params string[] arguments) => Launch(
        "bash", ["-c", $"trap '' XFSZ; ulimit -f {kilobytes}; DOTNET_EnableWriteXorExecute=0 exec dotnet \"$@\"", "bash", Program, .. arguments]);

    /// <summary>Waits until something holds; it must not have ended by then.</summary>
    public void WaitFor(Func<bool> condition)
    {
        while (!condition())
        {
            Assert.True(Running, Running ? "" : $"it ended early: {End()}");
            Thread.Sleep(2);
        }
    }

    /// <summary>SIGKILL: nothing of the process runs on.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Ctrl+C.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public (int Code, string Output, string Errors) End()
    {
        _process.WaitForExit();
        return (_process.ExitCode, _output.Result, _errors.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }
        _process.Dispose();
    }

    private static EngineProcess Launch(string program, string[] arguments, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }
        return new(Process.Start(start)!);
    }
}
