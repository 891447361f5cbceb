namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>Speed and time left of a run, from what this process has done: a resumed run promises nothing from before.</summary>
/// <param name="clock">The time.</param>
/// <param name="total">Units of the whole run.</param>
/// <param name="doneBefore">Units that earlier processes finished.</param>
public sealed class RunClock(TimeProvider clock, long total, long doneBefore)
{
    private readonly long _started = clock.GetTimestamp();
    private long _done;

    /// <summary>Counts finished units.</summary>
    public void Advance(long units) => _done += units;

    /// <summary>Units a second.</summary>
    public double Speed => _done / Math.Max(clock.GetElapsedTime(_started).TotalSeconds, 1e-9);

    /// <summary>Seconds until the end at that speed; 0 before the first unit.</summary>
    public double SecondsLeft => _done == 0 ? 0 : (total - doneBefore - _done) / Speed;
}
