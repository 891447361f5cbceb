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
        Of(db, db.Votes.Where(vote => vote.ProjectId == project && (since == null || vote.At >= since)));

    /// <summary>What stands beside each vote is asked for by itself, so that counting and sorting votes looks nothing of it up.</summary>
    public static IQueryable<VoteRow> Of(LabelerDb db, IQueryable<Vote> votes) =>
        from vote in votes.AsNoTracking()
        select new VoteRow
        {
            Id = vote.Id,
            At = vote.At,
            Annotator = db.Users.Where(account => account.Id == vote.AnnotatorId).Select(account => account.DisplayName).FirstOrDefault(),
            Vote = vote,
            Epoch = db.Epochs.Where(epoch => epoch.Id == vote.EpochId).Select(epoch => (int?)epoch.Number).FirstOrDefault(),
            Prompt = db.Items.Where(item => item.Id == vote.ItemId).Select(item => item.Group!.Prompt).FirstOrDefault(),
            Item = vote.ItemId,
            Group = db.Items.Where(item => item.Id == vote.ItemId).Select(item => item.GroupId).FirstOrDefault(),
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

    public string Said(IStringLocalizer<Texts> texts) => Vote switch
    {
        { Kind: VoteKind.Undo, Reason: { Length: > 0 } why } => texts["Took a vote back: {0}", why],
        { Kind: VoteKind.Undo } => texts["Took a vote back"],
        _ => VerdictText.Of(Vote, texts),
    };
}

/// <summary>What becomes of a vote; the first of these that is true of it.</summary>
public enum VoteStanding { Undo, TakenBack, SetAside, Surplus, NotSure, Unchecked, Disputed, Confirms, Counts }
