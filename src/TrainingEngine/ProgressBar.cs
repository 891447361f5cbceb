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

    private readonly string _what;
    private readonly string _unit;
    private readonly long _total;
    private readonly TextWriter _output;
    private readonly bool _terminal;
    private readonly TimeProvider _clock;
    private readonly Lock _turn = new();
    private readonly long _started;
    private readonly long _doneBefore;
    private long _done;
    private string _note = "";
    private long _drawn;
    private bool _ended;

    /// <param name="what">What is being done: "sampling".</param>
    /// <param name="total">The number of units in all.</param>
    /// <param name="unit">What is counted, in the plural: "images".</param>
    /// <param name="doneBefore">Units that an earlier run finished.</param>
    /// <param name="output">Where to draw; standard output when null.</param>
    /// <param name="terminal">Whether the output can redraw a line; asked of the console when null.</param>
    /// <param name="clock">The clock; the system's when null.</param>
    public ProgressBar(
        string what, long total, string unit, long doneBefore = 0, TextWriter? output = null, bool? terminal = null,
            TimeProvider? clock = null)
    {
        (_what, _total, _unit, _doneBefore, _done) = (what, total, unit, doneBefore, doneBefore);
        _output = output ?? Console.Out;
        _terminal = terminal ?? (!Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb");
        _clock = clock ?? TimeProvider.System;
        _started = _drawn = _clock.GetTimestamp();
        Draw();
    }

    /// <summary>
    /// Counts finished units; <paramref name="note"/> stands at the end of the line from then on. From any thread.
    /// </summary>
    public void Advance(long units = 1, string? note = null)
    {
        using Lock.Scope mine = _turn.EnterScope();
        _done += units;
        _note = note ?? _note;
        TimeSpan since = _clock.GetElapsedTime(_drawn);
        if (_done >= _total)
        {
            End();
        }
        else if (since >= (_terminal ? RedrawEvery : PlainLineEvery))
        {
            _drawn = _clock.GetTimestamp();
            Draw();
        }
    }

    /// <summary>Leaves the last state standing.</summary>
    public void Dispose() => End();

    private void End()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        Draw();
        if (_terminal)
        {
            _output.WriteLine();
        }
    }

    private void Draw()
    {
        if (_terminal)
        {
            // Erase to the end of the line: a shorter text must not leave the tail of a longer one.
            _output.Write($"\r{Line()}\u001b[K");
            _output.Flush();
        }
        else
        {
            _output.WriteLine(Line());
        }
    }

    private string Line()
    {
        double share = _total > 0 ? (double)_done / _total : 1;
        int filled = (int)(share * Cells);
        string bar = _terminal ? $" {new string('█', filled)}{new string('░', Cells - filled)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
                $"{_what}{bar} {100 * share,3:0} %  {_done}/{_total} {_unit}{Speed()}{(_note.Length > 0 ? "  " : "")}{_note}");
    }

    private string Speed()
    {
        double seconds = _clock.GetElapsedTime(_started).TotalSeconds;
        long now = _done - _doneBefore;
        if (now <= 0 || seconds <= 0)
        {
            return "";
        }

        double rate = now / seconds;
        string speed = rate >= 1 ? $"{rate:0.0} a second" : $"{1 / rate:0.0} s each";
        return _done >= _total
            ? $"  {speed}, took {Clock(seconds)}"
            : $"  {speed}, {Clock((_total - _done) / rate)} left";
    }

    private static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Min(Math.Ceiling(seconds), 999 * 3600.0));
        return time.TotalHours >= 1
            ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}"
            : $"{time.Minutes}:{time.Seconds:00}";
    }
}
