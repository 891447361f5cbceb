using Labeler.Shared.Projects;
using Labeler.Shared.Webhooks;

namespace Labeler.Shared.Voting;

/// <summary>The share of right answers to known items below which a project wants to be told of somebody.</summary>
public static class GoldMark
{
    /// <summary>Fewer answers say too little.</summary>
    public const int FewestAnswers = 10;

    /// <summary>Has a vote that is about to be added tell where it takes its person below the mark.</summary>
    internal static async Task Watch(LabelerDb db, Project project, Item item, Vote vote, DateTimeOffset now, CancellationToken cancel)
    {
        if (project.Settings.GoldPercent is not { } percent || item is not { Use: ItemUse.Gold, Gold: { } answer }
            || vote is not { Kind: VoteKind.Judgement, Surplus: false, Verdict: { } said })
        {
            return;
        }
        var before = await db.Votes.AsNoTracking().Effective()
            .Where(v => v.ProjectId == project.Id && v.AnnotatorId == vote.AnnotatorId)
            .Where(v => v.Item!.Use == ItemUse.Gold && v.Item.Gold != null)
            .Select(v => new { v.Verdict, v.Item!.Gold }).ToListAsync(cancel);
        var (right, of) = (before.Count(v => GoldAnswer.IsRight(v.Gold!, v.Verdict!)), before.Count);
        var (rightNow, ofNow) = (right + (GoldAnswer.IsRight(answer, said) ? 1 : 0), of + 1);
        if (!IsBelow(rightNow, ofNow, percent) || IsBelow(right, of, percent))
        {
            return;
        }
        var name = await db.Users.Where(a => a.Id == vote.AnnotatorId).Select(a => a.DisplayName).FirstOrDefaultAsync(cancel);
        vote.Tell(new(EventKind.GoldBelow, project.Id, now,
            () => new { person = vote.AnnotatorId, name, right = rightNow, of = ofNow, percent }));
    }

    private static bool IsBelow(int right, int of, int percent) => of >= FewestAnswers && 100 * right < percent * of;
}
