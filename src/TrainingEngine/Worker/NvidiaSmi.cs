using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Labeler.Shared.Jobs;

namespace Labeler.TrainingEngine.Worker;

/// <summary>Asks NVIDIA's program what the machine's graphics cards are doing.</summary>
internal static class NvidiaSmi
{
    public const string Program = "nvidia-smi";
    private const int NotFound = 2, LongestAnswer = 64 * 1024, LongestTold = 100;
    private const long MiB = 1024 * 1024;

    private static readonly string[] Question =
        ["--query-gpu=index,utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits"];

    /// <summary>Runs it once.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="patience">It is ended when it takes longer.</param>
    /// <returns>Null where there is no such program.</returns>
    /// <exception cref="EngineException">It gave no answer that can be read; the message says in one line what it did.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> asked for it.</exception>
    public static async Task<IReadOnlyList<CardReading>?> Read(string program, TimeSpan patience, CancellationToken stop)
    {
        using var process = Start(program);
        if (process is null)
        {
            return null;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience);
        try
        {
            process.BeginErrorReadLine();
            var answer = new char[LongestAnswer];
            var length = await process.StandardOutput.ReadBlockAsync(answer, limit.Token).AsTask().WaitAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            string[] lines = [.. new string(answer, 0, length).Split('\n',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            return process.ExitCode == 0 ? [.. lines.Select(Card)] : throw new EngineException(
                $"{program} ended with code {process.ExitCode}: {Told(lines.FirstOrDefault(""))}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new EngineException($"{program} gave no answer within {patience.TotalSeconds:0.#} s");
        }
        finally
        {
            // Also what it started: the pipe that is read is theirs too.
            process.Kill(entireProcessTree: true);
        }

        CardReading Card(string line)
        {
            var cells = line.Split(',', StringSplitOptions.TrimEntries);
            return cells.Length == 4 && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && Number(cells[1], out var percent) && Number(cells[2], out var used) && Number(cells[3], out var total)
                ? new(index, percent / 100, (long?)(used * MiB), (long?)(total * MiB))
                : throw new EngineException($"{program} gave an answer that is not understood: {Told(line)}");
        }
    }

    /// <summary>Reads a number, or null from what stands for none, such as <c>[N/A]</c>.</summary>
    private static bool Number(string cell, out double? value)
    {
        value = double.TryParse(cell, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
        return value is not null || cell is ['[', .., ']'];
    }

    private static string Told(string line) => line.Length > LongestTold ? line[..LongestTold] + "…" : line;

    private static Process? Start(string program)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, Question) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception error) when (error.NativeErrorCode == NotFound)
        {
            return null;
        }
        catch (Win32Exception error)
        {
            throw new EngineException($"{program} cannot be run ({error.Message})");
        }
    }
}
