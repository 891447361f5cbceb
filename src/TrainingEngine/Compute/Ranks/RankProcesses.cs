using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Labeler.TrainingEngine.Compute.Ranks;

/// <summary>A command of this program, started as several ranks by Open MPI's <c>mpirun</c> on this machine.</summary>
internal static partial class RankProcesses
{
    private const int Terminate = 15;

    /// <summary>Runs them to their end; returns mpirun's exit code.</summary>
    /// <param name="command">The command with its arguments.</param>
    /// <exception cref="EngineException">There is no mpirun.</exception>
    /// <exception cref="OperationCanceledException">They were told to stop, and have.</exception>
    public static int Run(int count, IEnumerable<string> command, CancellationToken stop)
    {
        using var process = Start(StartInfo(count, command));
        using var told = stop.Register(() => Kill(process.Id, Terminate));
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    /// <summary>Starts them, and hands on what the first of them says and what all of them complain of.</summary>
    /// <inheritdoc cref="Run"/>
    public static Process StartHeard(int count, IEnumerable<string> command)
    {
        var start = StartInfo(count, command);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        return Start(start);
    }

    // More ranks than cores is a choice, and each uses several threads.
    private static ProcessStartInfo StartInfo(int count, IEnumerable<string> command) => new("mpirun",
        ["-n", count.ToString(CultureInfo.InvariantCulture), "--oversubscribe", "--bind-to", "none", .. OwnProgram.Command, .. command]);

    private static Process Start(ProcessStartInfo start)
    {
        if (start.RedirectStandardOutput || Console.IsOutputRedirected)
        {
            // mpirun gives each rank a terminal of its own, whatever it writes to itself.
            start.Environment["TERM"] = "dumb";
        }
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new EngineException("--ranks: mpirun is not there: install Open MPI (Debian and Ubuntu: apt-get install openmpi-bin)");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
