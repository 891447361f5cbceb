using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>How much sensitive content a person has seen, and may still see.</summary>
public static class Exposure
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>Sensitive images this person saw unblurred in the last 24 hours, in all projects, in practice too.</summary>
    public static async Task<int> Recent(LabelerDb db, Guid annotator, DateTimeOffset now, CancellationToken cancel = default)
    {
        var since = now - Day;
        return await db.Votes.Where(v => v.AnnotatorId == annotator && v.At > since).SumAsync(v => v.Exposed, cancel)
            + await db.PracticeAnswers.Where(a => a.AnnotatorId == annotator && a.At > since).SumAsync(a => a.Exposed, cancel);
    }

    /// <summary>Images that whoever gave this verdict saw without blur, where the project blurs.</summary>
    internal static int Of(Verdict verdict, ProjectSettings settings) => !settings.Blurred ? 0 : verdict switch
    {
        FlagVerdict flags => flags.Tiles.Count(tile => tile.Displayed && tile.Unblurred),
        PairVerdict pair => pair.Unblurred ? 2 : 0,
        ChoiceVerdict choice => choice.Unblurred ? 1 : 0,
        _ => 0,
    };

    /// <summary>Why this person must not be shown a project's images now; null when nothing is against it.</summary>
    internal static async Task<NoItemsReason?> Forbids(LabelerDb db, ProjectSettings settings, Guid annotator, DateTimeOffset now,
        CancellationToken cancel)
    {
        if (!settings.Blurred && settings.SensitiveKind.Length == 0)
        {
            return null;
        }
        var account = await db.Users.AsNoTracking().FirstOrDefaultAsync(a => a.Id == annotator, cancel);
        if (account is null)
        {
            return null;
        }
        if (account.OptOuts.Contains(settings.SensitiveKind))
        {
            return NoItemsReason.OptedOut;
        }
        return account.DailyExposureBudget is { } budget && await Recent(db, annotator, now, cancel) >= budget
            ? NoItemsReason.ExposureSpent : null;
    }
}
