using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Labeler.TrainingEngine.Commands;

/// <summary>This command, started as several ranks by Open MPI's <c>mpirun</c> on this machine.</summary>
internal static partial class RankProcesses
{
    private const int Terminate = 15;

    /// <summary>Runs them to their end; returns mpirun's exit code.</summary>
    /// <exception cref="EngineException">There is no mpirun.</exception>
    /// <exception cref="OperationCanceledException">They were told to stop, and have.</exception>
    public static int Run(int count, ParseResult parsed, CancellationToken stop)
    {
        var program = typeof(RankProcesses).Assembly.Location;
        var own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == Path.GetFileNameWithoutExtension(program);
        // More ranks than cores is a choice, and each uses several threads.
        string[] arguments =
        [
            "-n", count.ToString(CultureInfo.InvariantCulture), "--oversubscribe", "--bind-to", "none",
            .. own ? [Environment.ProcessPath!] : new[] { "dotnet", program }, .. parsed.Tokens.Select(token => token.Value),
        ];
        using var process = Start(arguments);
        using var told = stop.Register(() => Kill(process.Id, Terminate));
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("mpirun", arguments);
        if (Console.IsOutputRedirected)
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
