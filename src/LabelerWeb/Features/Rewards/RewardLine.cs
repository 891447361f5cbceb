using System.Globalization;

namespace Labeler.Web.Features.Rewards;

/// <summary>A learned reward for the lead: how often it is right, beside how often people agree with each other.</summary>
/// <param name="Staleness">How many of its votes teach nothing any more.</param>
/// <param name="Open">The project's epoch that could be trained on it now; null where none is being labeled.</param>
public sealed record RewardLine(LearnedReward Reward, Project Project, AgreementFigures People, Staleness Staleness, Epoch? Open,
    IReadOnlyList<int> Used)
{
    /// <summary>Kept in its file; null for rewards of older versions.</summary>
    public LearningFigures? Figures { get; init; }

    public static async Task<IReadOnlyList<RewardLine>> All(
        LabelerDb db, Viewer viewer, FileStore files, CancellationToken cancel = default)
    {
        var lines = new List<RewardLine>();
        foreach (var reward in await db.LearnedRewards.AsNoTracking().OrderByDescending(r => r.Id).ToListAsync(cancel))
        {
            var theirs = viewer.Projects(db, ProjectRole.Lead).AsNoTracking();
            if (await theirs.FirstOrDefaultAsync(p => p.Id == reward.ProjectId && p.DeletedAt == null, cancel) is not { } project)
            {
                continue;
            }
            lines.Add(new(
                reward, project, lines.Find(line => line.Project.Id == project.Id)?.People
                    ?? await AgreementFigures.Read(db, project, null, cancel),
                await Staleness.Read(db, files, reward, cancel),
                await db.Epochs.AsNoTracking().Where(e => e.ProjectId == project.Id && e.State == EpochState.Labeling)
                    .OrderByDescending(e => e.Number).FirstOrDefaultAsync(cancel),
                await db.Epochs.Where(e => e.RewardId == reward.Id).OrderBy(e => e.Number).Select(e => e.Number).ToListAsync(cancel))
            {
                Figures = await LearningFigures.Of(files, reward, cancel),
            });
        }
        return lines;
    }

    /// <summary>Such as: 81.0 % of 100 (95 %: 72.2 to 87.5).</summary>
    public string Told => LearningReport.Tell(Reward.Accuracy);

    public string ToldOfNewPrompts => Figures switch
    {
        null => Texts.Say($"not measured: it knows only the prompts that it has learned about"),
        { NewPrompts: null } => Texts.Say($"not measured: too few prompts to hold some out"),
        { NewPrompts: { } right, KnowsNewPrompts: true } => LearningReport.Tell(right.Share),
        { NewPrompts: { } right } => Texts.Say($"{LearningReport.Tell(right.Share)}: may be guessing, so it judges known prompts alone"),
    };

    private static string Day(DateTimeOffset? at) => $"{at?.ToString(Texts.Of("d MMM yyyy"), CultureInfo.InvariantCulture)}";

    public string ToldLater => Reward switch
    {
        { Later: { } later } => Texts.Say($"{LearningReport.Tell(later)}, measured on {Day(Reward.LaterAt)}"),
        { LaterAt: not null } => Texts.Say($"there was none yet when it was last looked for"),
        _ => Texts.Say($"not measured yet"),
    };

    public string Peoples => People.Units == 0
        ? Texts.Say($"nothing has been judged by two people yet")
        : string.Create(CultureInfo.InvariantCulture, $"{100 * People.Percent:0.0} % of {People.Units} that several judged");

    public string Standing => Staleness.IsStale ? Texts.Say($"to be learned again") : Reward switch
    {
        { AcceptedAt: not null } => Texts.Say($"accepted by {Reward.AcceptedBy}"),
        { BeatsGuessing: true } => Texts.Say($"not accepted yet"),
        _ => Texts.Say($"may be guessing"),
    };

    public string Tone => Staleness.IsStale ? "bad" : Reward switch
    {
        { AcceptedAt: not null } => "good",
        { BeatsGuessing: true } => "warn",
        _ => "bad",
    };
}
