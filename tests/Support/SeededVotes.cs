using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Tests.Support;

/// <summary>Votes without a browser, as the labeling page would send them.</summary>
public static class SeededVotes
{
    public static async Task<Guid> Somebody(this SeededProject seeded)
    {
        await using var db = await seeded.Open();
        return await db.Users.Select(account => account.Id).FirstAsync();
    }

    /// <summary>Judges the next items: of a group some pictures are flagged.</summary>
    /// <param name="milliseconds">Of the first; each further one takes one more.</param>
    /// <param name="flagged">The places of those, from 0; the second and the fifth where none is given.</param>
    public static async Task Vote(this SeededProject seeded, Guid who, int count, int milliseconds = 900, params int[] flagged)
    {
        flagged = flagged.Length == 0 ? [1, 4] : flagged;
        foreach (var lease in (await seeded.Get<ItemQueue>().Take(seeded.Project.Id, who, count, [])).Leases)
        {
            Verdict verdict = seeded.Project.Task switch
            {
                LabelingTask.FlagBatch => new FlagVerdict([.. Enumerable.Range(0, 7).Select(n => new TileVerdict(n, flagged.Contains(n) ? FlagKinds.Deformed : FlagKinds.None, true, true))]),
                LabelingTask.PreferPair => new PairVerdict(PairPick.Left, lease.FirstOnLeft, true, true),
                LabelingTask.Rank => new RankVerdict([.. Enumerable.Range(0, 7).Select(n => new[] { n })], true, true),
                _ => new ChoiceVerdict(seeded.Project.Settings.Choices[0].Name, true, true),
            };
            await seeded.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, who, verdict, milliseconds++, DateTimeOffset.UtcNow));
        }
    }
}
