namespace Labeler.Web.Features.Labeling;

/// <param name="Done">Groups that are there.</param>
/// <param name="Total">Groups that will be.</param>
public sealed record Sampling(int Done, int Total);

/// <summary>Only what the server has stored is counted.</summary>
/// <param name="Today">Judgments of this person since midnight.</param>
/// <param name="PairsToday">Usable pairs that they gave.</param>
/// <param name="RoundDone">Items of the project's newest epoch with all their votes.</param>
public sealed record Progress(int Today, int PairsToday, int RoundDone, int RoundTotal);

/// <summary>Where a project stands for one person: what the page says when there is nothing to judge, and the figures in its bar.</summary>
public sealed class LabelingStatus(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    private readonly RoundCounts _counts = new(time);

    public async Task<(string State, Sampling? Sampling)> Of(long project, Guid annotator, ItemBatch batch, CancellationToken cancel)
    {
        switch (batch.Why)
        {
            case null:
                return ("open", null);
            case NoItemsReason.OptedOut:
                return ("opted-out", null);
            case NoItemsReason.Withdrawn:
                return ("withdrawn", null);
            case NoItemsReason.ExposureSpent:
                return ("exposure", null);
            case NoItemsReason.QuotaOfDay:
                return ("quota-day", null);
            case NoItemsReason.QuotaInTotal:
                return ("quota", null);
        }
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await LabelingProgress.Read(db, _counts, project, annotator, Assignment.DayStart(time), cancel) is not { } round)
        {
            return ("empty", null);
        }
        if (await (await Open(db, project, annotator, cancel)).AnyAsync(cancel))
        {
            return ("held", null);
        }
        if (await WaitsForChecks(db, project, annotator, cancel))
        {
            return ("checking", null);
        }
        return round.State switch
        {
            EpochState.Sampling => ("sampling", new Sampling(round.Groups, round.GroupsWanted)),
            EpochState.Frozen or EpochState.Training or EpochState.Complete => ("training", null),
            EpochState.Failed => ("stopped", null),
            _ => ("done", null),
        };
    }

    /// <summary>How far the making of a project's pictures is; null when none are being made.</summary>
    public async Task<Sampling?> Making(long project, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Epochs.Where(e => e.ProjectId == project && e.State == EpochState.Sampling).OrderByDescending(e => e.Number)
            .Select(e => new Sampling(db.Groups.Count(g => g.EpochId == e.Id && g.Use != GroupUse.Evaluation), e.GroupsWanted))
            .FirstOrDefaultAsync(cancel);
    }

    /// <summary>How far somebody is with what they are asked for; null where no quota is set.</summary>
    public async Task<QuotaStanding?> Quota(Project project, Guid annotator, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await QuotaStanding.Of(db, project, annotator, Assignment.DayStart(time), cancel);
    }

    /// <summary>Items that are left for this person to judge.</summary>
    public async Task<int> OpenFor(long project, Guid annotator, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await (await Open(db, project, annotator, cancel)).CountAsync(cancel);
    }

    public async Task<Progress> Progress(long project, Guid annotator, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await LabelingProgress.Read(db, _counts, project, annotator, Assignment.DayStart(time), cancel) is not { } round)
        {
            return new(0, 0, 0, 0);
        }
        // While the images are being made, those that are there tell how many items the missing groups will be.
        var itemsPerGroup = round.Groups == 0 ? 1 : round.Items / round.Groups;
        var expected = round.State == EpochState.Sampling ? round.GroupsWanted * itemsPerGroup : 0;
        return new(round.Mine, round.MyPairs, round.ItemsDone, Math.Max(round.Items, expected));
    }

    private static Task<bool> WaitsForChecks(LabelerDb db, long project, Guid annotator, CancellationToken cancel) => db.Votes.AnyAsync(
        v => v.ProjectId == project && v.AnnotatorId == annotator && v.Check == VoteCheck.Awaited && v.SupersededById == null
            && v.Item!.State == ItemState.Open
            && db.Epochs.Any(e => e.Id == v.EpochId && (e.State == EpochState.Sampling || e.State == EpochState.Labeling)), cancel);

    // Not yet judged by this person, in whoever's hands they are. What measures people is handed out among these and is no work of its own.
    private static async Task<IQueryable<Item>> Open(LabelerDb db, long project, Guid annotator, CancellationToken cancel)
    {
        var open = db.Items.Where(
            i => i.ProjectId == project && i.State == ItemState.Open && i.Use == ItemUse.Training
                && db.Epochs.Any(e => e.Id == i.EpochId && (e.State == EpochState.Sampling || e.State == EpochState.Labeling))
                && !db.Leases.Any(l => l.ItemId == i.Id && l.AnnotatorId == annotator && (l.DoneAt != null || l.UnblindedAt != null)));
        var chosen = Assignment.Prompts(db, project, annotator);
        return await chosen.AnyAsync(cancel) ? open.Where(i => chosen.Contains(i.Group!.Prompt)) : open;
    }
}
