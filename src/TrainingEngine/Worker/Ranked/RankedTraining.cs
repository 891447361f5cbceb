using System.Diagnostics;
using Labeler.Shared.Jobs;
using Labeler.TrainingEngine.Compute.Ranks;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Worker.Ranked;

/// <summary>A job's training by several ranks, which the worker starts and hears; it goes on from its last checkpoint where one of them
/// is lost.</summary>
/// <param name="progress">Called after every optimizer step.</param>
internal sealed class RankedTraining(int ranks, JobReporter pulse, Action<TrainingMetrics> progress)
{
    /// <summary>The hidden command of a rank.</summary>
    public const string Command = "train-ordered";

    private const string Error = "error: ";
    private static readonly TimeSpan ToEnd = TimeSpan.FromMinutes(2);

    /// <exception cref="EngineException">The ranks cannot begin, or say why they end.</exception>
    /// <exception cref="OperationCanceledException">The job is to stop; a checkpoint is written.</exception>
    public TrainingResult Run(TrainingOrder order)
    {
        Directory.CreateDirectory(order.Output);
        var file = Path.Combine(order.Output, "order.json");
        order.Write(file);
        while (true)
        {
            var (result, advanced, complaints) = Attempt(file);
            if (result is not null)
            {
                return result;
            }
            pulse.Stop.ThrowIfCancellationRequested();
            if (complaints.LastOrDefault(line => line.StartsWith(Error, StringComparison.Ordinal)) is { } error)
            {
                throw new EngineException(error[Error.Length..]);
            }
            if (!advanced)
            {
                throw new EngineException($"one of the {ranks} ranks ended before the training came any further"
                    + (complaints.FirstOrDefault(Speaks) is { } why ? $": {why}" : ""));
            }
            pulse.Say($"one of the {ranks} ranks has ended; the training goes on from its last checkpoint");
        }
    }

    // Open MPI draws lines around what it says.
    private static bool Speaks(string line) => line.Any(char.IsAsciiLetter);

    private (TrainingResult? Result, bool Advanced, IReadOnlyList<string> Complaints) Attempt(string file)
    {
        var complaints = new List<string>();
        pulse.Report(0, "loading the model", null);
        using var process = RankProcesses.StartHeard(ranks, [Command, file, "--ranks", $"{ranks}"]);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (complaints)
            {
                complaints.Add(line.Data?.Trim() ?? "");
            }
        };
        process.BeginErrorReadLine();
        try
        {
            using var told = pulse.Stop.Register(process.StandardInput.Close);
            var (result, advanced) = Hear(process);
            process.WaitForExit();
            return (result, advanced, complaints);
        }
        finally
        {
            End(process);
        }
    }

    private (TrainingResult? Result, bool Advanced) Hear(Process process)
    {
        var (result, advanced) = ((TrainingResult?)null, false);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var message = RankMessage.Read(line.Trim());
            if (message?.Said is { } said)
            {
                pulse.Say(said);
            }
            if (message?.Step is { } step)
            {
                progress(step.Metrics);
            }
            if (message is { Saving: true })
            {
                pulse.Write();
                Answer(process);
            }
            if (message is { Saved: true })
            {
                pulse.Advanced();
                advanced = true;
            }
            result = message?.Result?.Result ?? result;
        }
        return (result, advanced);
    }

    private static void Answer(Process process)
    {
        try
        {
            process.StandardInput.WriteLine();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // They have ended, or have been told to.
        }
    }

    // Whatever happened here: they write their checkpoint and leave, or are made to.
    private static void End(Process process)
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(ToEnd))
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
