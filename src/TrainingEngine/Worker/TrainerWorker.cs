using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Files;
using Labeler.Shared.Images;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Claims jobs from the database and does them, one after the other, on the thread that calls it: one thread owns torch.
/// The only part of the engine that knows a database.
/// </summary>
public sealed class TrainerWorker(
    JobQueue queue, EpochCycle cycle, AutomaticTraining autopilot, IDbContextFactory<LabelerDb> contexts, DatabaseThread database, FileStore files, DataFolder folder, TimeProvider time, string name, TimeSpan checkpointEvery, TextWriter output)
{
    private static readonly JobKind[] Kinds = [JobKind.Sample, JobKind.Train, JobKind.FineTune, JobKind.Evaluate, JobKind.RewardModel];
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);
    private (string Folder, WorkerModel Model)? loaded;
    private long lookedForReady;

    /// <summary>Works until it is stopped; a job in progress is given back with all that it has written.</summary>
    public void Run(CancellationToken stop)
    {
        output.WriteLine($"worker {name} is ready");
        while (!stop.IsCancellationRequested)
        {
            Job? job = null;
            try
            {
                job = database.Do(() => queue.Claim(name, Kinds, stop));
                if (job is null && time.GetElapsedTime(lookedForReady) > BetweenLooks)
                {
                    lookedForReady = time.GetTimestamp();
                    database.Do(() => autopilot.GoOn(stop));
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is DbUpdateException or System.Data.Common.DbException or TimeoutException)
            {
                output.WriteLine($"the database does not answer ({error.Message}); trying again");
            }
            if (job is not null)
                Do(job, stop);
            else
            {
                output.WriteLine();
                stop.WaitHandle.WaitOne(Idle);
            }
        }
    }

    private void Do(Job job, CancellationToken stop)
    {
        var pulse = new JobReporter(queue, database, job, output, stop);
        try
        {
            Work(job, pulse);
        }
        catch (OperationCanceledException)
        {
            End(job, pulse, stop);
        }
        catch (JobLostException)
        {
            output.WriteLine($"job {job.Id}: has gone to another worker, or was called off");
            End(job, pulse, stop);
        }
        catch (Exception error) when (error is EngineException or LabelerException or PictureException or IOException or UnauthorizedAccessException or System.Runtime.InteropServices.ExternalException)
        {
            pulse.Say($"failed: {error.Message}");
            Fail(job, error.Message, pulse);
        }
        finally
        {
            pulse.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private void Work(Job job, JobReporter pulse)
    {
        if (job.Kind == JobKind.RewardModel)
        {
            new RewardModelJob(new RewardWorkflow(contexts, files, time), new RewardMeasurement(contexts, files, time), files, job, pulse).Run();
            return;
        }
        using var db = contexts.CreateDbContext();
        var epoch = db.Epochs.AsNoTracking().Include(e => e.SampledBy).First(e => e.Id == job.EpochId);
        var present = db.Groups.Where(group => group.EpochId == epoch.Id).Select(group => new { group.Use, group.Number }).ToList();
        if (job.Kind == JobKind.Evaluate)
        {
            var plan = db.Evaluations.AsNoTracking().First(evaluation => evaluation.ProjectId == epoch.ProjectId).Plan;
            new EvaluateJob(cycle, new EvaluationWorkflow(contexts, time), files, folder, job, plan, present.Select(group => group.Number).ToHashSet(), pulse, time).Run(path => ModelOf(path, pulse));
            return;
        }
        var project = db.Projects.AsNoTracking().Include(p => p.Prompts).First(p => p.Id == epoch.ProjectId);
        var model = ModelOf(ModelPath.Find(project.Settings.ModelFolder, folder.Root), pulse);
        if (job.Kind == JobKind.Train)
        {
            // Full fine-tuning leaves its weights in the model, so it is not kept for the next job.
            loaded = null;
            new TrainJob(cycle, files, folder, checkpointEvery, job, pulse).Run(model);
            return;
        }
        if (job.Kind == JobKind.FineTune)
        {
            new FineTuneJob(new FineTuning(contexts, files, time), queue, files, folder, job, pulse).Run(model);
            return;
        }
        new SampleJob(cycle, files, job, project, epoch, [.. present.Select(group => (group.Use, group.Number))], pulse, time).Run(model);
    }

    private WorkerModel ModelOf(string path, JobReporter pulse)
    {
        if (loaded is not { } kept || kept.Folder != path)
        {
            pulse.Report(0, "loading the model", null);
            loaded = kept = (path, WorkerModel.Load(path));
        }
        return kept.Model;
    }

    /// <summary>A job that was stopped: called off by a person, or given back because this worker ends.</summary>
    private void End(Job job, JobReporter pulse, CancellationToken stop)
    {
        if (pulse.HeartbeatResult == HeartbeatResult.Cancel)
            pulse.End(() => queue.Stop(job));
        else if (stop.IsCancellationRequested)
            pulse.End(() => queue.GiveBack(job));
    }

    private void Fail(Job job, string error, JobReporter pulse)
    {
        try
        {
            pulse.End(() => job.EpochId is null ? queue.Fail(job, error) : cycle.Fail(job, error));
        }
        catch (JobLostException)
        {
            output.WriteLine($"job {job.Id}: failed, but is no longer this worker's");
        }
    }
}
