using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Web.Features.Epochs;

namespace Labeler.Web.Tests;

/// <summary>When the parts of an epoch's loop began and ended.</summary>
public sealed class EpochPhaseTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 8, 0, 0, TimeSpan.Zero);
    private readonly Epoch _epoch = Epoch.StartSampling(Project.Create("Faces", LabelingTask.FlagBatch, new(), Start), 1, null, Start);
    private readonly List<Job> _jobs = [Job.Queue(JobKind.Sample, 1, 1, null, Start)];

    [Fact]
    public void Each_part_begins_where_the_one_before_it_ends_and_what_goes_on_has_no_end()
    {
        Assert.Equal([(PhaseState.Now, 0, -1), (PhaseState.Ahead, -1, -1), (PhaseState.Ahead, -1, -1), (PhaseState.Ahead, -1, -1)], Phases(0, 0));
        Assert.Equal("waits for a worker", EpochPhase.Of(_epoch, _jobs, (0, 0))[0].Says);

        _epoch.BeginLabeling(Start.AddMinutes(5));
        Assert.Equal([(PhaseState.Over, 0, 5), (PhaseState.Now, 5, -1), (PhaseState.Ahead, -1, -1), (PhaseState.Ahead, -1, -1)], Phases(3, 12));
        var labeling = EpochPhase.Of(_epoch, _jobs, (3, 12))[1];
        Assert.Equal((0.25, "3 of 12 items judged", TimeSpan.FromMinutes(10)), (labeling.Done, labeling.Says, labeling.Took(Start.AddMinutes(15))));

        _epoch.Freeze("manifest", 30, Start.AddMinutes(20));
        _jobs.Add(Job.Queue(JobKind.Train, 1, 1, null, Start.AddMinutes(20)));
        Assert.Equal([(PhaseState.Over, 0, 5), (PhaseState.Over, 5, 20), (PhaseState.Now, 20, -1), (PhaseState.Ahead, -1, -1)], Phases(12, 12));

        _epoch.StartTraining();
        _epoch.Complete(Checkpoint.Of(_epoch, AdapterKind.Lora, "weights", null, Start.AddMinutes(50)), Start.AddMinutes(50));
        _jobs.Add(Job.Queue(JobKind.Score, 1, 1, null, Start.AddMinutes(51)));
        Assert.Equal([(PhaseState.Over, 0, 5), (PhaseState.Over, 5, 20), (PhaseState.Over, 20, 50), (PhaseState.Now, 51, -1)], Phases(12, 12));
    }

    [Fact]
    public void A_part_that_failed_says_so_and_why_and_an_earlier_training_that_was_called_off_is_not_this_one_s()
    {
        _epoch.BeginLabeling(Start.AddMinutes(5));
        _epoch.Freeze("manifest", 30, Start.AddMinutes(20));
        _jobs.Add(Job.Queue(JobKind.Train, 1, 1, null, Start.AddMinutes(20)));
        _jobs[1].Cancel(Start.AddMinutes(21));
        _epoch.Cancel(hasGroups: true, Start.AddMinutes(21));
        Assert.Equal([PhaseState.Over, PhaseState.Now, PhaseState.Ahead, PhaseState.Ahead], EpochPhase.Of(_epoch, _jobs, (12, 12)).Select(phase => phase.State));
        _epoch.Freeze("manifest", 30, Start.AddMinutes(30));
        _epoch.Fail("the loss is not finite", DateTimeOffset.UtcNow);
        var training = EpochPhase.Of(_epoch, _jobs, (12, 12))[2];
        Assert.Equal((PhaseState.Failed, "", Start.AddMinutes(30)), (training.State, training.Says, training.Began));
    }

    [Fact]
    public void Lengths_of_time_are_said_in_the_unit_that_fits()
    {
        Assert.Equal(["0 s", "42 s", "3 min", "2.5 h", "3.0 days"], new[] { -5, 42, 180, 9000, 259_200 }.Select(seconds => Duration.Text(TimeSpan.FromSeconds(seconds))));
    }

    private IEnumerable<(PhaseState, int From, int To)> Phases(int done, int all) =>
        EpochPhase.Of(_epoch, _jobs, (done, all)).Select(phase => (phase.State, Minutes(phase.Began), Minutes(phase.Ended)));

    private static int Minutes(DateTimeOffset? at) => at is { } moment ? (int)(moment - Start).TotalMinutes : -1;
}
