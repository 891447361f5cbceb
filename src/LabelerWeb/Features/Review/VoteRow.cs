namespace Labeler.Web.Features.Review;

/// <summary>A row of the record of votes as the table of votes shows it.</summary>
public sealed class VoteRow
{
    public long Id { get; init; }
    public DateTimeOffset At { get; init; }
    public string? Annotator { get; init; }

    /// <summary>What was said is read from it for rows that are shown; nothing is sorted or filtered by it.</summary>
    public Vote Vote { get; init; } = null!;
    public int? Epoch { get; init; }
    public string? Prompt { get; init; }
    public long Item { get; init; }
    public long Group { get; init; }
    public int Milliseconds { get; init; }
    public VoteStanding State { get; init; }

    /// <param name="since">Only votes from then on; null for all.</param>
    public static IQueryable<VoteRow> Of(LabelerDb db, long project, DateTimeOffset? since) =>
        Of(db, VotesOf(db, project, since));

    /// <inheritdoc cref="Of(LabelerDb, long, DateTimeOffset?)"/>
    public static IQueryable<Vote> VotesOf(LabelerDb db, long project, DateTimeOffset? since) =>
        db.Votes.Where(vote => vote.ProjectId == project && (since == null || vote.At >= since));

    public static IQueryable<VoteRow> Of(LabelerDb db, IQueryable<Vote> votes) =>
        from one in db.Database.IsSqlite() ? LookedUp(db, votes.AsNoTracking()) : Joined(db, votes.AsNoTracking())
        let vote = one.Vote
        select new VoteRow
        {
            Id = vote.Id,
            At = vote.At,
            Annotator = one.Annotator,
            Vote = vote,
            Epoch = one.Epoch,
            Prompt = one.Prompt,
            Item = vote.ItemId,
            Group = one.Group,
            Milliseconds = vote.DurationMs,
            State = vote.Kind == VoteKind.Undo ? VoteStanding.Undo
                : vote.SupersededById != null ? VoteStanding.TakenBack
                : vote.Quarantine != null ? VoteStanding.SetAside
                : vote.Surplus ? VoteStanding.Surplus
                : vote.Kind == VoteKind.Skip ? VoteStanding.NotSure
                : vote.Check == VoteCheck.Awaited ? VoteStanding.Unchecked
                : vote.Check == VoteCheck.Disputed ? VoteStanding.Disputed
                : vote.Check == VoteCheck.Confirms ? VoteStanding.Confirms : VoteStanding.Counts,
        };

    // SQLite counts and sorts votes by an index alone where what stands beside them is asked for by itself.
    private static IQueryable<Beside> LookedUp(LabelerDb db, IQueryable<Vote> votes) =>
        from vote in votes
        select new Beside
        {
            Vote = vote,
            Annotator = db.Users.Where(account => account.Id == vote.AnnotatorId).Select(account => account.DisplayName).FirstOrDefault(),
            Epoch = db.Epochs.Where(epoch => epoch.Id == vote.EpochId).Select(epoch => (int?)epoch.Number).FirstOrDefault(),
            Prompt = db.Items.Where(item => item.Id == vote.ItemId).Select(item => item.Group!.Prompt).FirstOrDefault(),
            Group = db.Items.Where(item => item.Id == vote.ItemId).Select(item => item.GroupId).FirstOrDefault(),
        };

    // PostgreSQL leaves joins from the left by a key out where nothing of them is asked for, and joins all votes at once where somebody
    // sorts or filters by it, in the place of a look-up for each vote.
    private static IQueryable<Beside> Joined(LabelerDb db, IQueryable<Vote> votes) =>
        from vote in votes
        join account in db.Users on vote.AnnotatorId equals account.Id into accounts
        from account in accounts.DefaultIfEmpty()
        join epoch in db.Epochs on vote.EpochId equals epoch.Id into epochs
        from epoch in epochs.DefaultIfEmpty()
        join item in db.Items on vote.ItemId equals item.Id into items
        from item in items.DefaultIfEmpty()
        join gathered in db.Groups on item.GroupId equals gathered.Id into groups
        from gathered in groups.DefaultIfEmpty()
        select new Beside
        {
            Vote = vote,
            Annotator = account.DisplayName,
            Epoch = epoch.Number,
            Prompt = gathered.Prompt,
            Group = item.GroupId,
        };

    public string Said(IStringLocalizer<Texts> texts) => Vote switch
    {
        { Kind: VoteKind.Undo, Reason: { Length: > 0 } why } => texts["Took a vote back: {0}", why],
        { Kind: VoteKind.Undo } => texts["Took a vote back"],
        _ => VerdictText.Of(Vote, texts),
    };

    private sealed class Beside
    {
        public Vote Vote { get; init; } = null!;
        public string? Annotator { get; init; }
        public int? Epoch { get; init; }
        public string? Prompt { get; init; }
        public long Group { get; init; }
    }
}

/// <summary>What becomes of a vote; the first of these that is true of it.</summary>
public enum VoteStanding { Undo, TakenBack, SetAside, Surplus, NotSure, Unchecked, Disputed, Confirms, Counts }
