namespace Labeler.Web.Features.Review;

/// <summary>An item that people have judged, as the table of judged items shows it.</summary>
public sealed class ReviewRow
{
    public long Id { get; init; }
    public int Epoch { get; init; }
    public string Prompt { get; init; } = "";
    public long Group { get; init; }
    public ItemUse Use { get; init; }
    public ItemState State { get; init; }

    /// <summary>Those that stand and are not set aside.</summary>
    public int Votes { get; init; }

    /// <summary>How many of them flag a picture.</summary>
    public int Flagging { get; init; }
    public int Fast { get; init; }
    public int SetAside { get; init; }
    public DateTimeOffset? Last { get; init; }

    /// <param name="wanted">Votes that put an item into the table.</param>
    public static IQueryable<ReviewRow> Of(LabelerDb db, long project, IQueryable<Vote> wanted)
    {
        var standing = db.Votes.Where(vote => vote.Kind < VoteKind.Undo && vote.SupersededById == null);
        return
            from item in db.Items.AsNoTracking()
            where item.ProjectId == project && wanted.Any(vote => vote.ItemId == item.Id)
            select new ReviewRow
            {
                Id = item.Id,
                Epoch = db.Epochs.Where(epoch => epoch.Id == item.EpochId).Select(epoch => epoch.Number).FirstOrDefault(),
                Prompt = item.Group!.Prompt,
                Group = item.GroupId,
                Use = item.Use,
                State = item.State,
                Votes = standing.Count(vote => vote.ItemId == item.Id && vote.Quarantine == null),
                Flagging = standing.Count(vote => vote.ItemId == item.Id && vote.Quarantine == null && vote.Flagged > 0),
                Fast = standing.Count(vote => vote.ItemId == item.Id && vote.Quarantine == null && vote.Kind == VoteKind.Judgement
                    && vote.DurationMs < Vote.ImplausiblyFastMs),
                SetAside = standing.Count(vote => vote.ItemId == item.Id && vote.Quarantine != null),
                Last = standing.Where(vote => vote.ItemId == item.Id).Max(vote => (DateTimeOffset?)vote.At),
            };
    }
}
