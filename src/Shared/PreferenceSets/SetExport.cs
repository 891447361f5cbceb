using System.Text.Json;
using Labeler.Shared.Exports;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.PreferenceSets.Tables;
using Labeler.Shared.PreferenceSets.Writing;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;

namespace Labeler.Shared.PreferenceSets;

/// <summary>What an export is to make, and what it made.</summary>
/// <param name="Format">Name of a <see cref="SetFormat"/>.</param>
public sealed record SetExportOrder(string Format)
{
    public ExportedFile? File { get; init; }
}

/// <param name="Name">To be saved as.</param>
/// <param name="Hash">SHA-256 of the whole file.</param>
/// <param name="Pairs">Of a table, its rows.</param>
/// <param name="People">Who judged what is in it.</param>
public sealed record ExportedFile(string Name, string Hash, long Bytes, long Pairs, int People)
{
    /// <summary>Where an export's file lies.</summary>
    public static string PathOf(DataFolder folder, long job, SetFormat format) => Path.Combine(folder.Exports, $"{job}{format.Ending}");
}

/// <summary>Writes a project's preferences with their pictures into one file. First they are frozen as lines, so that votes which come
/// meanwhile change nothing; then the pictures are added, one at a time.</summary>
public sealed class SetExport(IDbContextFactory<LabelerDb> contexts, FileStore files, DataFolder folder, TimeProvider time) : IJobHandler
{
    // The pictures of a group stand in many of its pairs, one after the other.
    private const int PicturesKept = 32;

    public JobKind Kind => JobKind.Export;

    /// <exception cref="LabelerException">There is no such project or format.</exception>
    public async Task<Job> Queue(long projectId, string format, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        LabelerException.ThrowIf(
            !await db.Projects.AnyAsync(p => p.Id == projectId && p.DeletedAt == null, cancel),
            "There is no such project; load the page again.");
        var job = Job.Queue(JobKind.Export, projectId, null, new SetExportOrder(SetFormat.Named(format).Name), time.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancel);
        return job;
    }

    /// <summary>Removes a file that was made; the job stays.</summary>
    /// <exception cref="LabelerException">There is no such export, or it is not finished.</exception>
    public async Task Delete(long projectId, long jobId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var job = await db.Jobs.FirstOrDefaultAsync(
            j => j.Id == jobId && j.ProjectId == projectId && j.Kind == JobKind.Export && j.State == JobState.Succeeded, cancel)
            ?? throw new LabelerException("There is no such file; load the page again.");
        var order = job.Read<SetExportOrder>();
        job.Remember(order with { File = null });
        await db.SaveChangesAsync(cancel);
        File.Delete(ExportedFile.PathOf(folder, jobId, SetFormat.Named(order.Format)));
    }

    public void Run(Job job, JobReporter reporter) =>
        Run(job, (done, text) => reporter.Report(done, text, null), reporter.Stop).GetAwaiter().GetResult();

    /// <summary>Does a claimed export to its end.</summary>
    /// <param name="report">Told the share that is done, and what.</param>
    /// <exception cref="LabelerException">Nobody has judged anything yet, or a picture cannot be read.</exception>
    /// <exception cref="JobLostException">Another process has the job, or somebody called it off.</exception>
    public async Task Run(Job job, Action<double, string> report, CancellationToken cancel = default)
    {
        var order = job.Read<SetExportOrder>();
        var format = SetFormat.Named(order.Format);
        var path = ExportedFile.PathOf(folder, job.Id, format);
        // Of this attempt alone: a process that was thought dead may still be writing its own.
        var (lines, partial) = ($"{path}.{job.Attempt}.rows", $"{path}.{job.Attempt}.part");
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            var project = await db.Projects.AsNoTracking().FirstAsync(p => p.Id == job.ProjectId, cancel);
            var (rows, people) = format.IsTable ? await WriteTable(db, project, format, partial, report, cancel)
                : await WritePairs(db, project, format, partial, lines, report, cancel);
            var hash = ContentHash.OfFile(partial);
            var file = new ExportedFile($"{project.Slug}-{format.Name}{format.Ending}", hash, new FileInfo(partial).Length, rows, people);
            await contexts.Write(job, (_, held) =>
            {
                File.Move(partial, path, overwrite: true);
                held.Remember(order with { File = file });
                held.Succeed(time.GetUtcNow());
                return Task.FromResult(true);
            }, cancel);
        }
        catch (IOException error) when (error.IsDiskFull())
        {
            throw new LabelerException($"The disk that holds {folder.Exports} is full: free some space and try again.", error);
        }
        finally
        {
            File.Delete(lines);
            File.Delete(partial);
        }
    }

    private async Task<(long Rows, int People)> WriteTable(
        LabelerDb db, Project project, SetFormat format, string path, Action<double, string> report, CancellationToken cancel)
    {
        await using var output = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        var written = await ProjectTables.Write(db, project, format, output, files, report, cancel);
        LabelerException.ThrowIf(written.Rows == 0, "There is nothing of that kind in the project yet.");
        output.Flush(flushToDisk: true);
        return written;
    }

    private async Task<(long Rows, int People)> WritePairs(LabelerDb db, Project project, SetFormat format, string path, string lines,
        Action<double, string> report, CancellationToken cancel)
    {
        var (prompts, people) = await Freeze(new PairRows(db, project), lines, report, cancel);
        var pairs = prompts.Values.Sum(count => (long)count);
        LabelerException.ThrowIf(pairs == 0, "There is no preference yet: two pictures of a group must have been judged differently.");
        var name = $"{project.Slug}-preferences";
        await Write((format, name), path, lines, prompts, done => report(done / (double)pairs, $"{done:N0} of {pairs:N0} pairs"), cancel);
        return (pairs, people);
    }

    private static async Task<(Dictionary<string, int> Prompts, int People)> Freeze(PairRows rows, string path,
        Action<double, string> report, CancellationToken cancel)
    {
        var prompts = new Dictionary<string, int>();
        await using var lines = new StreamWriter(path);
        await foreach (var row in rows.Read((done, of) => report(0, $"{done:N0} of {of:N0} groups read"), cancel))
        {
            prompts[row.Prompt] = prompts.GetValueOrDefault(row.Prompt) + 1;
            await lines.WriteLineAsync(JsonText.Write(row).AsMemory(), cancel);
        }
        return (prompts, rows.People);
    }

    private async Task Write((SetFormat Format, string Name) set, string path, string lines, Dictionary<string, int> prompts,
        Action<long> report, CancellationToken cancel)
    {
        await using var output = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        await using (var writer = await SetWriters.Open(set.Format, output, set.Name, cancel))
        {
            var kept = new Queue<SetPicture>();
            var done = 0L;
            await foreach (var line in File.ReadLinesAsync(path: lines, cancel))
            {
                var row = JsonSerializer.Deserialize<PairRow>(line, JsonText.Options)!;
                var first = await Picture(row.First, kept, cancel);
                var second = await Picture(row.Second, kept, cancel);
                await writer.Add(row with { RowsOfPrompt = prompts[row.Prompt] }, first, second, cancel);
                report(++done);
            }
        }
        output.Flush(flushToDisk: true);
    }

    private async Task<SetPicture> Picture(string hash, Queue<SetPicture> kept, CancellationToken cancel)
    {
        if (kept.FirstOrDefault(one => one.Hash == hash) is { } found)
        {
            return found;
        }
        var (content, format) = await DeliveredPicture.Read(files, hash, Delivered.Whole, cancel);
        var picture = new SetPicture(hash, content, format);
        kept.Enqueue(picture);
        if (kept.Count > PicturesKept)
        {
            kept.Dequeue();
        }
        return picture;
    }
}
