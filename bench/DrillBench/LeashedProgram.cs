using System.Diagnostics;

namespace Labeler.Bench.Drill;

/// <summary>One of the product's programs as a process of its own, which is killed as by a power cut: when that is asked, or when this
/// process ends, by whatever cause. One that ended by itself is started again, as systemd would.</summary>
public sealed class LeashedProgram : IAsyncDisposable
{
    // Its input ends with the process that holds the other end. Ctrl+C is for that process alone.
    private const string Leash = """
        trap '' INT
        exec 2>/dev/null
        log=$1
        shift
        "$@" </dev/null >>"$log" 2>&1 & program=$!
        exec 3<&0
        (cat <&3 >/dev/null; kill -KILL $program) & leash=$!
        wait $program
        ended=$?
        kill -KILL $leash
        exit $ended
        """;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ProcessStartInfo _start;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watching;
    private Process _process;

    /// <param name="project">Whose program it is.</param>
    /// <param name="log">The file to which what it says is added.</param>
    /// <param name="settings">By their names as environment variables.</param>
    public LeashedProgram(string project, string log, IEnumerable<(string Name, string Value)> settings, params string[] arguments)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, built, $"{project}.dll"));
        _start = new("sh", ["-c", Leash, "sh", log, "dotnet", program, .. arguments])
        {
            RedirectStandardInput = true,
            Environment = { ["OMP_WAIT_POLICY"] = "PASSIVE" },
        };
        foreach (var (name, value) in settings)
        {
            _start.Environment[name] = value;
        }
        _process = Process.Start(_start)!;
        _watching = Watch();
    }

    /// <summary>How often it ended by itself.</summary>
    public int Ended { get; private set; }

    /// <summary>Kills it, and starts it again.</summary>
    public Task Kill() => InTurn(async () =>
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        Again();
    });

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching;
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _over.Dispose();
        _turn.Dispose();
    }

    private async Task Watch()
    {
        while (!_over.IsCancellationRequested)
        {
            await InTurn(() =>
            {
                if (_process.HasExited)
                {
                    Ended++;
                    _process.StandardInput.Close();
                    Again();
                }
                return Task.CompletedTask;
            });
            await Task.Delay(500, _over.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private void Again()
    {
        _process.Dispose();
        _process = Process.Start(_start)!;
    }

    private async Task InTurn(Func<Task> act)
    {
        await _turn.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            _turn.Release();
        }
    }
}
