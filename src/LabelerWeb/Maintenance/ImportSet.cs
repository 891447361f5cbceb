using Labeler.Shared.Photos;
using Labeler.Shared.PreferenceSets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Labeler.Web.Maintenance;

/// <summary><c>import PATH --project SLUG</c>: a preference set of any size from this machine, also while the application runs.</summary>
internal sealed class ImportSet(IServiceProvider services, TextWriter output)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly IDbContextFactory<LabelerDb> _contexts = services.GetRequiredService<IDbContextFactory<LabelerDb>>();

    /// <returns>Did all that can be used come in?</returns>
    public async Task<bool> Run(string path, string slug, CancellationToken stop)
    {
        var limits = services.GetRequiredService<IConfiguration>().GetSection(ImportLimits.Section).Get<ImportLimits>() ?? new();
        var import = ActivatorUtilities.CreateInstance<SetImport>(services, limits);
        var whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var order = new SetImportOrder(whole, IsUpload: false, Path.GetFileName(whole));
        await import.Look(order, stop);
        var id = await Find(slug, whole, stop) ?? (await import.Queue(await ProjectOf(slug, stop), order, stop)).Id;
        using var database = new DatabaseThread();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var runner = new JobRunner(services.GetRequiredService<JobQueue>(), [import], database, NullLogger.Instance);
        // Where the application has taken the job already, this only looks on.
        var worker = $"import-{Environment.MachineName}-{Environment.ProcessId}";
        var working = Task.Run(() => runner.Run(worker, over.Token), CancellationToken.None);
        var job = await Follow(id, stop);
        await over.CancelAsync();
        await working;
        Tell(job);
        return job.State == JobState.Succeeded;
    }

    private async Task<Job> Follow(long id, CancellationToken stop)
    {
        var told = "";
        while (true)
        {
            var job = await Read(id);
            if (job.IsOver || stop.IsCancellationRequested)
            {
                return job;
            }
            if (job.Message.Length > 0 && job.Message != told)
            {
                output.WriteLine(told = job.Message);
            }
            await Task.Delay(Pause, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private void Tell(Job job)
    {
        var order = job.Read<SetImportOrder>();
        output.WriteLine(FormattableString.Invariant(
            $"{order.Name}: {order.Taken:N0} of {order.Done:N0} pairs taken in, {order.Unlabeled:N0} of them not judged; ")
            + FormattableString.Invariant($"{order.Duplicates:N0} doubles and {order.Refused:N0} refused, listed on the data page."));
        LabelerException.ThrowIf(job.State == JobState.Failed, job.Error ?? "It failed.");
        if (!job.IsOver)
        {
            output.WriteLine("Stopped. The same command goes on where it was, and so does the application while it runs.");
        }
    }

    // Where the same set was begun and not ended, it goes on.
    private async Task<long?> Find(string slug, string path, CancellationToken cancel)
    {
        await using var db = await _contexts.CreateDbContextAsync(cancel);
        var open = await db.Jobs.AsNoTracking().Where(j => j.Kind == JobKind.ImportPairs && db.ProjectAt(slug).Any(p => p.Id == j.ProjectId)
            && (j.State == JobState.Queued || j.State == JobState.Running)).ToListAsync(cancel);
        return open.FirstOrDefault(job => job.Read<SetImportOrder>().Path == path)?.Id;
    }

    private async Task<long> ProjectOf(string slug, CancellationToken cancel)
    {
        await using var db = await _contexts.CreateDbContextAsync(cancel);
        return await db.ProjectAt(slug).Select(p => (long?)p.Id).FirstOrDefaultAsync(cancel)
            ?? throw new LabelerException($"There is no project {slug}; its name stands in its pages' addresses, after /p/.");
    }

    private async Task<Job> Read(long id)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        return await db.Jobs.AsNoTracking().FirstAsync(j => j.Id == id);
    }
}
