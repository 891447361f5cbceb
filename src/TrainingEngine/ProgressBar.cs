using System.Globalization;

namespace Labeler.TrainingEngine;

/// <summary>
/// Progress with speed and time left: one line that redraws itself on a terminal, a plain line now and then elsewhere.
/// The time left counts only what this run has done, so a resumed run does not start with a wrong promise.
/// </summary>
public sealed class ProgressBar : IDisposable
{
    private const int Cells = 24;
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainLineEvery = TimeSpan.FromSeconds(15);

    private readonly string what;
    private readonly string unit;
    private readonly long total;
    private readonly TextWriter output;
    private readonly bool terminal;
    private readonly TimeProvider clock;
    private readonly Lock turn = new();
    private readonly long started;
    private readonly long doneBefore;
    private long done;
    private string note = "";
    private long drawn;
    private bool ended;

    /// <param name="what">What is being done: "sampling".</param>
    /// <param name="total">The number of units in all.</param>
    /// <param name="unit">What is counted, in the plural: "images".</param>
    /// <param name="doneBefore">Units that an earlier run finished.</param>
    /// <param name="output">Where to draw; standard output when null.</param>
    /// <param name="terminal">Whether the output can redraw a line; asked of the console when null.</param>
    /// <param name="clock">The clock; the system's when null.</param>
    public ProgressBar(
        string what, long total, string unit, long doneBefore = 0, TextWriter? output = null, bool? terminal = null, TimeProvider? clock = null)
    {
        (this.what, this.total, this.unit, this.doneBefore, done) = (what, total, unit, doneBefore, doneBefore);
        this.output = output ?? Console.Out;
        this.terminal = terminal ?? !Console.IsOutputRedirected;
        this.clock = clock ?? TimeProvider.System;
        started = drawn = this.clock.GetTimestamp();
        Draw();
    }

    /// <summary>
    /// Counts finished units; <paramref name="note"/> stands at the end of the line from then on. From any thread.
    /// </summary>
    public void Advance(long units = 1, string? note = null)
    {
        using Lock.Scope mine = turn.EnterScope();
        done += units;
        this.note = note ?? this.note;
        TimeSpan since = clock.GetElapsedTime(drawn);
        if (done >= total)
        {
            End();
        }
        else if (since >= (terminal ? RedrawEvery : PlainLineEvery))
        {
            drawn = clock.GetTimestamp();
            Draw();
        }
    }

    /// <summary>Leaves the last state standing.</summary>
    public void Dispose() => End();

    private void End()
    {
        if (ended)
        {
            return;
        }

        ended = true;
        Draw();
        if (terminal)
        {
            output.WriteLine();
        }
    }

    private void Draw()
    {
        if (terminal)
        {
            // Erase to the end of the line: a shorter text must not leave the tail of a longer one.
            output.Write($"\r{Line()}\u001b[K");
            output.Flush();
        }
        else
        {
            output.WriteLine(Line());
        }
    }

    private string Line()
    {
        double share = total > 0 ? (double)done / total : 1;
        int filled = (int)(share * Cells);
        string bar = terminal ? $" {new string('█', filled)}{new string('░', Cells - filled)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{what}{bar} {100 * share,3:0} %  {done}/{total} {unit}{Speed()}{(note.Length > 0 ? "  " : "")}{note}");
    }

    private string Speed()
    {
        double seconds = clock.GetElapsedTime(started).TotalSeconds;
        long now = done - doneBefore;
        if (now <= 0 || seconds <= 0)
        {
            return "";
        }

        double rate = now / seconds;
        string speed = rate >= 1 ? $"{rate:0.0} a second" : $"{1 / rate:0.0} s each";
        return done >= total
            ? $"  {speed}, took {Clock(seconds)}"
            : $"  {speed}, {Clock((total - done) / rate)} left";
    }

    private static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Min(Math.Ceiling(seconds), 999 * 3600.0));
        return time.TotalHours >= 1
            ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}"
            : $"{time.Minutes}:{time.Seconds:00}";
    }
}
