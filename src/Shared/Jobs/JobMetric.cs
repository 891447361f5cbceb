namespace Labeler.Shared.Jobs;

/// <summary>One figure of one training step, for live charts.</summary>
public sealed class JobMetric
{
    /// <summary>How names of figures begin whose step is a sampling step of the trajectories, and not one of the optimizer.</summary>
    public const string OfTimestep = "timestep_";

    private JobMetric() { }

    public JobMetric(long jobId, int step, string name, double value)
    {
        JobId = jobId;
        Step = step;
        Name = name;
        Value = value;
    }

    public long JobId { get; private set; }
    public int Step { get; private set; }
    public string Name { get; private set; } = "";
    public double Value { get; private set; }
}

/// <summary>One line of a job's log.</summary>
public sealed class JobLine
{
    private JobLine() { }

    public JobLine(long jobId, string text, DateTimeOffset at)
    {
        JobId = jobId;
        Text = text;
        At = at;
    }

    public long Id { get; private set; }
    public long JobId { get; private set; }
    public DateTimeOffset At { get; private set; }
    public string Text { get; private set; } = "";
}
