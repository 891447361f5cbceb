using System.Globalization;

namespace Labeler.Web.Features.Rewards;

/// <summary>A learned reward for the lead: how often it is right, beside how often people agree with each other.</summary>
/// <param name="Staleness">How many of its votes teach nothing any more.</param>
/// <param name="Open">The project's epoch that could be trained on it now; null where none is being labeled.</param>
public sealed record RewardLine(LearnedReward Reward, Project Project, AgreementFigures People, Staleness Staleness, Epoch? Open,
    IReadOnlyList<int> Used)
{
    public static async Task<IReadOnlyList<RewardLine>> All(LabelerDb db, FileStore files, CancellationToken cancel = default)
    {
        var lines = new List<RewardLine>();
        foreach (var reward in await db.LearnedRewards.AsNoTracking().OrderByDescending(r => r.Id).ToListAsync(cancel))
        {
            var project = await db.Projects.AsNoTracking().FirstAsync(p => p.Id == reward.ProjectId, cancel);
            if (project.DeletedAt is not null)
            {
                continue;
            }
            lines.Add(new(
                reward, project, lines.Find(line => line.Project.Id == project.Id)?.People
                    ?? await AgreementFigures.Read(db, project, null, cancel),
                await Staleness.Read(db, files, reward, cancel),
                await db.Epochs.AsNoTracking().Where(e => e.ProjectId == project.Id && e.State == EpochState.Labeling)
                    .OrderByDescending(e => e.Number).FirstOrDefaultAsync(cancel),
                await db.Epochs.Where(e => e.RewardId == reward.Id).OrderBy(e => e.Number).Select(e => e.Number).ToListAsync(cancel)));
        }
        return lines;
    }

    /// <summary>Such as: 81.0 % of 100 (95 %: 72.2 to 87.5).</summary>
    public string Told => Tell(Reward.Accuracy);

    public string ToldLater => Reward switch
    {
        { Later: { } later } => string.Create(CultureInfo.InvariantCulture, $"{Tell(later)}, measured on {Reward.LaterAt:d MMM yyyy}"),
        { LaterAt: not null } => "there was none yet when it was last looked for",
        _ => "not measured yet",
    };

    private static string Tell(Proportion right) => string.Create(CultureInfo.InvariantCulture,
        $"{100 * right.Share:0.0} % of {right.Of:0} (95 %: {100 * right.Low:0.0} to {100 * right.High:0.0})");

    public string Peoples => People.Units == 0
        ? "nothing has been judged by two people yet"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * People.Percent:0.0} % of {People.Units} that several judged");

    public string Standing => Staleness.IsStale ? "to be learned again" : Reward switch
    {
        { AcceptedAt: not null } => $"accepted by {Reward.AcceptedBy}",
        { BeatsGuessing: true } => "not accepted yet",
        _ => "may be guessing",
    };

    public string Tone => Staleness.IsStale ? "bad" : Reward switch
    {
        { AcceptedAt: not null } => "good",
        { BeatsGuessing: true } => "warn",
        _ => "bad",
    };
}
