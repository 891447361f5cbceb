namespace Labeler.Shared.Jobs;

/// <summary>The job is no longer this worker's: its lease ran out, or it was asked to stop. Nothing was written.</summary>
public sealed class JobLostException(Job job) : Exception($"Job {job.Id} is no longer held by {job.Worker}, attempt {job.Attempt}.");
