namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>
/// When a run writes its next checkpoint: not before <paramref name="least"/> has passed, and so seldom that writing takes
/// at most a twentieth of the time, however large the model and slow the disk. Zero means after every optimizer step.
/// </summary>
/// <param name="clock">The time.</param>
/// <param name="least">Least time between two checkpoints.</param>
internal sealed class CheckpointSchedule(TimeProvider clock, TimeSpan least)
{
    private const int TimesTheCost = 20;
    private long _last = clock.GetTimestamp();
    private TimeSpan _wait;

    public bool IsDue => clock.GetElapsedTime(_last) is var since && since >= least && (least == TimeSpan.Zero || since >= _wait);

    /// <summary>Writes a checkpoint, and by the time that this takes decides when the next is due.</summary>
    public T Take<T>(Func<T> write)
    {
        var started = clock.GetTimestamp();
        var written = write();
        _last = clock.GetTimestamp();
        _wait = TimesTheCost * clock.GetElapsedTime(started, _last);
        return written;
    }
}
