namespace Labeler.Shared.Jobs;

/// <summary>Does the jobs of one kind.</summary>
public interface IJobHandler
{
    JobKind Kind { get; }

    /// <summary>
    /// Does a claimed job to its end, which it writes down through <see cref="JobReporter.End"/>; on the runner's thread, and so never two
    /// at once. What was written before it was stopped stays, and the next holder of the job goes on from there.
    /// </summary>
    /// <exception cref="OperationCanceledException"><see cref="JobReporter.Stop"/> asked for it.</exception>
    void Run(Job job, JobReporter reporter);
}
