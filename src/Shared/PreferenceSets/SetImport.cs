using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.PreferenceSets.Reading;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;

namespace Labeler.Shared.PreferenceSets;

/// <summary>Brings a preference set into a project, some pairs in one transaction with the place that was reached, so that an import which
/// was stopped goes on exactly there.</summary>
public sealed class SetImport(
    IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, FileStore files, DataFolder folder, ImportLimits limits, TimeProvider time)
        : IJobHandler
{
    private const int AtOnce = 32;

    /// <summary>Rows whose refusal is kept word by word; all are counted.</summary>
    public const int MostTold = 10_000;

    public JobKind Kind => JobKind.ImportPairs;

    /// <summary>Does a project ask what a preference set answers?</summary>
    public static bool Takes(Project project) => project is { Task: LabelingTask.PreferPair, Source: PictureSource.Sampled };

    /// <summary>Queues an import into a project's open epoch, or into its first one.</summary>
    /// <exception cref="LabelerException">The project compares no pairs, or its epoch takes no votes now.</exception>
    public async Task<Job> Queue(long projectId, SetImportOrder order, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var project = await db.Projects.FirstOrDefaultAsync(p => p.Id == projectId && p.DeletedAt == null, cancel)
            ?? throw new LabelerException("There is no such project; load the page again.");
        LabelerException.ThrowIf(
            !Takes(project), $"{project.Name} does not compare pairs of its model's pictures: only such a project takes preference sets.");
        var epoch = await db.Epochs.AsNoTracking().Where(e => e.ProjectId == projectId).OrderByDescending(e => e.Number)
            .FirstOrDefaultAsync(cancel) ?? await cycle.OpenUnsampled(projectId, cancel);
        LabelerException.ThrowIf(
            !epoch.TakesVotes, $"Epoch {epoch.Number} takes no votes now: import the set when the next one does.");
        var job = Job.Queue(JobKind.ImportPairs, projectId, epoch.Id, order, time.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancel);
        return job;
    }

    /// <summary>Opens a set and looks whether it is one, so that somebody is told at once.</summary>
    /// <exception cref="LabelerException">It is none.</exception>
    public async Task Look(SetImportOrder order, CancellationToken cancel = default) =>
        await (await SetSource.Open(order.PathIn(folder, limits), order.Name, limits, cancel)).DisposeAsync();

    public void Run(Job job, JobReporter reporter) =>
        Run(job, (at, of) => reporter.Report(
            of is > 0 ? at / (double)of : 0, of is null ? $"{at:N0} pairs" : $"{at:N0} of {of:N0} pairs", null), reporter.Stop,
            reporter.Advanced).GetAwaiter().GetResult();

    /// <summary>Does a claimed import to its end.</summary>
    /// <param name="report">Told how many rows were looked at, of how many, where that is known.</param>
    /// <param name="kept">Told after every transaction.</param>
    /// <exception cref="LabelerException">The set cannot be read from here on.</exception>
    /// <exception cref="JobLostException">Another process has the job, or somebody called it off.</exception>
    public async Task Run(Job job, Action<long, long?> report, CancellationToken cancel = default, Action? kept = null)
    {
        var order = job.Read<SetImportOrder>();
        await using var source = await SetSource.Open(order.PathIn(folder, limits), order.Name, limits, cancel);
        var known = await KnownPairs.Read(contexts, job.ProjectId!.Value, cancel);
        var batch = new ImportedBatch(job, order, time);
        await foreach (var row in source.Read(order.Done, cancel))
        {
            try
            {
                batch.Take(await Check(row, known, cancel));
            }
            catch (PhotoRefusal refusal)
            {
                batch.Skip(row.Name, refusal);
            }
            if (batch.Count == AtOnce)
            {
                await batch.Write(cycle, cancel);
                kept?.Invoke();
            }
            report(batch.Order.Done + batch.Count, source.Rows);
        }
        await batch.Write(cycle, cancel);
        await contexts.Write(job, (_, held) =>
        {
            held.Succeed(time.GetUtcNow());
            return Task.FromResult(true);
        }, cancel);
        if (order.IsUpload)
        {
            File.Delete(order.PathIn(folder, limits));
        }
    }

    private async Task<ImportedPair> Check(SetRow row, KnownPairs known, CancellationToken cancel)
    {
        if (row.Fault is { } fault)
        {
            throw new PhotoRefusal(SkipKind.Refused, fault);
        }
        if (row.Label is { } label && !(label is >= 0 and <= 1))
        {
            throw new PhotoRefusal(SkipKind.Refused, FormattableString.Invariant($"its label is {label}; 0 to 1 is expected"));
        }
        if (row.Label is not null && row.Backing.Fault is { } unkept)
        {
            throw new PhotoRefusal(SkipKind.Refused, unkept);
        }
        var prompt = row.Prompt.Trim();
        if (prompt.Length is 0 or > PromptText.LongestPrompt)
        {
            throw new PhotoRefusal(
                SkipKind.Refused, $"its prompt has {prompt.Length:N0} characters; 1 to {PromptText.LongestPrompt:N0} are expected");
        }
        var (first, second) = (ContentHash.Of(row.First.Content), ContentHash.Of(row.Second.Content));
        if (first == second)
        {
            throw new PhotoRefusal(SkipKind.Refused, "both pictures are the same");
        }
        if (known.Has(prompt, first, second))
        {
            throw new PhotoRefusal(SkipKind.Duplicate, "the project has the same pair already");
        }
        var (one, other) = (Open(row.First), Open(row.Second));
        await files.Put(row.First.Content, cancel);
        await files.Put(row.Second.Content, cancel);
        known.Add(prompt, first, second);
        return new(prompt, new(first, one.Width, one.Height, 0), new(second, other.Width, other.Height, 0), row.Label, row.Backing);
    }

    private (int Width, int Height) Open(RowPicture picture)
    {
        if (picture.Content.Length > limits.MaxPictureBytes)
        {
            throw new PhotoRefusal(SkipKind.Refused, $"{picture.Name} has more than {limits.MaxPictureBytes >> 20} MiB");
        }
        // Its content decides: a column has no name that says a format.
        var format = PictureFormats.Of(picture.Content);
        try
        {
            return PhotoCheck.Open($"{picture.Name}{format?.Extension()}", picture.Content, limits);
        }
        catch (PhotoRefusal refusal)
        {
            var why = refusal.Kind == SkipKind.NotToLabel ? "it holds no picture" : refusal.Message;
            throw new PhotoRefusal(SkipKind.Refused, $"{picture.Name}: {why}");
        }
    }
}
