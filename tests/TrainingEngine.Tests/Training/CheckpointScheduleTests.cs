using Labeler.TrainingEngine.Training.Loop;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.TrainingEngine.Tests.Training;

public sealed class CheckpointRhythmTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_cheap_checkpoint_is_due_as_often_as_was_asked()
    {
        var rhythm = new CheckpointSchedule(_clock, TimeSpan.FromSeconds(15));
        Assert.Equal("written", rhythm.Take(() => Write(0.1)));
        Assert.Equal((14.9, 15.0), DueAfter(rhythm, 14.9, 15));
    }

    [Fact]
    public void A_slow_one_takes_at_most_a_twentieth_of_the_time()
    {
        var rhythm = new CheckpointSchedule(_clock, TimeSpan.FromSeconds(15));
        rhythm.Take(() => Write(30));
        Assert.Equal((599.0, 600.0), DueAfter(rhythm, 599, 600));
    }

    [Fact]
    public void Zero_means_after_every_step_whatever_it_costs()
    {
        var rhythm = new CheckpointSchedule(_clock, TimeSpan.Zero);
        Assert.True(rhythm.IsDue);
        rhythm.Take(() => Write(30));
        Assert.True(rhythm.IsDue);
    }

    private string Write(double seconds)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        return "written";
    }

    /// <summary>Seconds after the last checkpoint: the first at which none is due, the second at which one is.</summary>
    private (double NotYet, double Due) DueAfter(CheckpointSchedule rhythm, double notYet, double due)
    {
        _clock.Advance(TimeSpan.FromSeconds(notYet));
        var early = rhythm.IsDue;
        _clock.Advance(TimeSpan.FromSeconds(due) - TimeSpan.FromSeconds(notYet));
        return (early ? double.NaN : notYet, rhythm.IsDue ? due : double.NaN);
    }
}
