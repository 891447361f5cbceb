using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>What one person is asked for in a project: how many votes, and of which pictures.</summary>
/// <param name="OfSomePrompts">Of the prompts alone that were chosen for them; else of all.</param>
public sealed record Assignment(Quota Quota, bool OfSomePrompts)
{
    public const int MostPrompts = 2_000;

    /// <summary>When the day of quotas began: the last midnight of the server.</summary>
    public static DateTimeOffset DayStart(TimeProvider time)
    {
        var now = time.GetLocalNow();
        return now - now.TimeOfDay;
    }

    /// <summary>Looks by keys alone, as every handing out asks it.</summary>
    public static async Task<Assignment> Of(LabelerDb db, Project project, Guid annotator, CancellationToken cancel = default)
    {
        var asking = await VoteQueries.AskedOf.On(db)(db, project.Id, annotator, cancel);
        return new(asking is { HasOwn: true } own ? new(own.PerDay, own.InTotal) : new(project.QuotaPerDay, project.QuotaInTotal),
            asking is { OfSomePrompts: true });
    }

    /// <summary>Those of the prompts that were chosen for somebody.</summary>
    public static IQueryable<string> Prompts(LabelerDb db, long project, Guid annotator) =>
        db.AssignedPrompts.Where(p => p.ProjectId == project && p.AccountId == annotator).Select(p => p.Text);

    /// <summary>Judgements of somebody that they have not taken back, as quotas count them: one index answers it.</summary>
    public static IQueryable<Vote> Given(LabelerDb db, long project, Guid annotator) => db.Votes.Where(
        v => v.ProjectId == project && v.AnnotatorId == annotator && v.Kind == VoteKind.Judgement && v.SupersededById == null);

    /// <summary>Gives somebody a quota of their own in a project, or null for that of everybody. The caller saves.</summary>
    /// <exception cref="LabelerException">There is no such account, or a number is out of range.</exception>
    public static async Task Ask(LabelerDb db, long project, Guid account, Quota? own, CancellationToken cancel = default)
    {
        var quota = await db.MemberQuotas.FirstOrDefaultAsync(q => q.ProjectId == project && q.AccountId == account, cancel);
        if (own is null)
        {
            db.MemberQuotas.RemoveRange(quota is null ? [] : [quota]);
            return;
        }
        if (quota is null)
        {
            await Require(db, account, cancel);
            db.MemberQuotas.Add(quota = new(project, account));
        }
        quota.Ask(own.Value);
    }

    /// <summary>Chooses the prompts that somebody labels, none for all, and gives back what they held. The caller saves.</summary>
    /// <exception cref="LabelerException">There is no such account, or the project never had one of the prompts.</exception>
    public static async Task Choose(
        LabelerDb db, long project, Guid account, IEnumerable<string> prompts, DateTimeOffset now, CancellationToken cancel = default)
    {
        await Require(db, account, cancel);
        var wanted = PromptText.Clean(prompts);
        LabelerException.ThrowIf(wanted.Count > MostPrompts, $"Choose at most {MostPrompts:N0} prompts for one person.");
        var known = await db.Prompts.Where(p => p.ProjectId == project && wanted.Contains(p.Text)).Select(p => p.Text)
            .Union(db.Groups.Where(g => g.ProjectId == project && wanted.Contains(g.Prompt)).Select(g => g.Prompt)).ToListAsync(cancel);
        var strange = wanted.Except(known).FirstOrDefault();
        LabelerException.ThrowIf(strange is not null, $"The project has no prompt \"{strange}\".");
        var had = await db.AssignedPrompts.Where(p => p.ProjectId == project && p.AccountId == account).ToListAsync(cancel);
        db.AssignedPrompts.RemoveRange(had.Where(p => !wanted.Contains(p.Text)));
        db.AssignedPrompts.AddRange(wanted.Except(had.Select(p => p.Text)).Select(text => new AssignedPrompt(project, account, text)));
        await Lease.GiveBackAll(db, project, [account], now, cancel);
    }

    /// <summary>How many more items somebody may be handed, and which quota it is that says so; null where none does.</summary>
    internal async Task<(int Left, NoItemsReason? By)> Left(
        LabelerDb db, long project, Guid annotator, TimeProvider time, CancellationToken cancel)
    {
        if (Quota.IsNone)
        {
            return (int.MaxValue, null);
        }
        var now = time.GetUtcNow();
        // First what they hold: a vote that comes between is then counted twice and not missed.
        var held = await db.Leases.CountAsync(l => l.AnnotatorId == annotator && l.DoneAt == null && l.UnblindedAt == null
            && l.ExpiresAt > now && l.Item!.ProjectId == project, cancel);
        var (given, dayStart) = (Given(db, project, annotator), DayStart(time));
        // No further than the quota itself, however many there are.
        var ofAll = Quota.InTotal is { } inTotal ? inTotal - await given.Take(inTotal).CountAsync(cancel) : int.MaxValue;
        var ofDay = Quota.PerDay is { } perDay ? perDay - await given.Where(v => v.At >= dayStart).Take(perDay).CountAsync(cancel)
            : int.MaxValue;
        return (Math.Min(ofAll, ofDay) - held, ofAll <= ofDay ? NoItemsReason.QuotaInTotal : NoItemsReason.QuotaOfDay);
    }

    private static async Task Require(LabelerDb db, Guid account, CancellationToken cancel) => LabelerException.ThrowIf(
        !await db.Users.AnyAsync(a => a.Id == account && a.DeletedAt == null, cancel), "There is no such account; load the page again.");
}
