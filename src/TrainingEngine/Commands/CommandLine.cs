using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;

namespace Labeler.TrainingEngine.Commands;

/// <summary>
/// How every command runs: figures in the invariant culture, one clear line on standard error and exit code 1 for an
/// error, a clean stop and exit code 130 for Ctrl+C (143 for SIGTERM).
/// </summary>
public static class CommandLine
{
    private const int Interrupted = 130;
    private const int Terminated = 143;

    /// <summary>Parses and runs; returns the process's exit code.</summary>
    public static int Run(RootCommand root, string[] args)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return Fail($"{OneLine(parsed.Errors[0].Message)} (--help lists commands and options)");
        }

        // Signals are answered in Work, on the thread that owns torch.
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>
    /// Gives the command its work. The token is cancelled by the first Ctrl+C or SIGTERM; the work then leaves whole
    /// files behind and throws <see cref="OperationCanceledException"/>. A second Ctrl+C ends the process at once.
    /// </summary>
    public static void Does(this Command command, Action<ParseResult, CancellationToken> work) => command.Does((parsed, stop) =>
    {
        work(parsed, stop);
        return 0;
    });

    /// <summary>Gives the command work that ends by an exit code.</summary>
    public static void Does(this Command command, Func<ParseResult, CancellationToken, int> work) =>
        command.SetAction(parsed => Work(stop => work(parsed, stop)));

    private static int Work(Func<CancellationToken, int> work)
    {
        using var stop = new CancellationTokenSource();
        int stoppedBy = Interrupted;
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stoppedBy = signal.Signal == PosixSignal.SIGTERM ? Terminated : Interrupted;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            LibTorch.Check();
            return work(stop.Token);
        }
        catch (OperationCanceledException error) when (stop.IsCancellationRequested || error.CancellationToken == stop.Token)
        {
            Console.Error.WriteLine("stopped");
            return stoppedBy;
        }
        catch (Exception error) when (Environment.GetEnvironmentVariable("LABELER_TRACE") is null or "")
        {
            return Fail(Explain(error));
        }
    }

    private static string Explain(Exception error) => error switch
    {
        LabelerException or PictureException or IOException or UnauthorizedAccessException => OneLine(error.Message),
        OutOfMemoryException => "out of memory; use a smaller batch or size",
        _ when StorageTrouble.Away(error) is { } away => OneLine(away),
        ExternalException => $"libtorch: {OneLine(error.Message)}",
        _ => $"internal error: {error.GetType().Name}: {OneLine(error.Message)} (LABELER_TRACE=1 shows where)",
    };

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"error: {message}");
        return 1;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings("\n").Split('\n', 2)[0].Trim();
}
