namespace Labeler.Web.Features.Trainer;

/// <summary>How long to wait before a worker that ended is started again: twice as long at each failure in a row.</summary>
/// <param name="first">After an end that is no failure.</param>
public sealed class RestartWait(TimeSpan first)
{
    /// <summary>A worker that ran for so long was well: its end begins a new row.</summary>
    public static readonly TimeSpan WellAfter = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private int _failures;

    /// <param name="ran">How long the worker ran.</param>
    public TimeSpan After(bool failed, TimeSpan ran)
    {
        _failures = !failed ? 0 : ran > WellAfter ? 1 : _failures + 1;
        var wait = first * Math.Pow(2, Math.Min(_failures, 10));
        return wait < Longest ? wait : Longest;
    }
}
