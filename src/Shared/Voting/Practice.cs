using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>
/// The practice before somebody's votes count: items with a known answer, with a word after each. Its answers are no votes. Each try draws
/// items anew; after <see cref="Qualification.Tries"/> a lead must say something.
/// </summary>
public sealed class Practice(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    /// <summary>Do votes of this person on the project count?</summary>
    public static async Task<bool> IsIn(LabelerDb db, Project project, Guid annotator, CancellationToken cancel = default) =>
        project.Settings.PracticeItems == 0 || await db.Qualifications.AnyAsync(q => q.ProjectId == project.Id && q.AnnotatorId == annotator
            && (q.State == QualificationState.Passed || q.State == QualificationState.LetIn), cancel);

    /// <summary>Where this person's practice stands.</summary>
    /// <exception cref="LabelerException">The project is gone.</exception>
    public async Task<PracticeTurn> Turn(long projectId, Guid annotator, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Turn(db, await Project(db, projectId, cancel), annotator, cancel);
    }

    /// <summary>Takes an answer in, once for each key, and tells what would have been right.</summary>
    /// <exception cref="LabelerException">That item is not asked now, or the verdict does not fit it.</exception>
    public Task<PracticeFeedback> Answer(long projectId, Guid annotator, Guid key, long itemId, Verdict verdict,
        CancellationToken cancel = default) => contexts.Write(LockScope.Queue, projectId, async db =>
    {
        var project = await Project(db, projectId, cancel);
        if (await db.PracticeAnswers.Include(a => a.Item).FirstOrDefaultAsync(a => a.Key == key && a.AnnotatorId == annotator, cancel)
            is { } known)
        {
            return Tell(known, await Turn(db, project, annotator, cancel));
        }
        var turn = await Turn(db, project, annotator, cancel);
        LabelerException.ThrowIf(
            turn.State != PracticeState.Open || turn.Item!.Id != itemId, "That picture is not asked for now: load the page again.");
        LabelerException.ThrowIf(
            await Exposure.Forbids(db, project.Settings, annotator, time.GetUtcNow(), cancel) is not null,
            "You are not to be shown these pictures now: load the page again.");
        // Which of a pair stands on the left is the same for everybody here.
        var sided = verdict is PairVerdict pair ? pair with { FirstOnLeft = true } : verdict;
        var item = await db.Items.FirstAsync(i => i.Id == itemId, cancel);
        var images = await db.Images.CountAsync(i => i.GroupId == item.GroupId, cancel);
        var fault = sided.Fault(project, item.SecondId is not null, images)
            ?? (sided is FlagVerdict { Tiles: var tiles } && !tiles.All(tile => tile.WasSeen(project.Settings)) ? "Look at every picture."
                : null);
        LabelerException.ThrowIf(fault is not null, fault ?? "");
        var now = time.GetUtcNow();
        var stands = await db.Qualifications.FirstOrDefaultAsync(q => q.ProjectId == projectId && q.AnnotatorId == annotator, cancel);
        if (stands is null)
        {
            stands = new Qualification(projectId, annotator, now);
            db.Qualifications.Add(stands);
        }
        var answer = PracticeAnswer.To(item, stands, key, sided, Exposure.Of(sided, project.Settings), now);
        db.PracticeAnswers.Add(answer);
        if (turn.Answered + 1 >= turn.Of)
        {
            stands.End(turn.Right + (answer.IsRight ? 1 : 0) >= turn.Needed, now);
        }
        await db.SaveChangesAsync(cancel);
        return Tell(answer, await Turn(db, project, annotator, cancel));
    }, cancel);

    /// <summary>Begins the next try.</summary>
    /// <exception cref="LabelerException">None has ended without success, or none is left.</exception>
    public Task TryAgain(long projectId, Guid annotator, CancellationToken cancel = default) =>
        Change(projectId, annotator, (stands, now) => stands.TryAgain(now), cancel);

    /// <summary>A lead lets somebody's votes count without a passed practice.</summary>
    /// <param name="by">The lead's name.</param>
    public Task LetIn(long projectId, Guid annotator, string by, CancellationToken cancel = default) =>
        Change(projectId, annotator, (stands, now) => stands.LetIn(by, now), cancel);

    /// <summary>A lead asks somebody to practice again, with all tries; votes that were given stay as they are.</summary>
    /// <inheritdoc cref="LetIn" path="/param"/>
    public Task AskAgain(long projectId, Guid annotator, string by, CancellationToken cancel = default) =>
        Change(projectId, annotator, (stands, now) => stands.AskAgain(by, now), cancel);

    private Task<int> Change(long projectId, Guid annotator, Action<Qualification, DateTimeOffset> change, CancellationToken cancel) =>
        contexts.Write(LockScope.Queue, projectId, async db =>
    {
        LabelerException.ThrowIf(!await db.Users.AnyAsync(a => a.Id == annotator, cancel), "There is no such person; load the page again.");
        await Project(db, projectId, cancel);
        var stands = await db.Qualifications.FirstOrDefaultAsync(q => q.ProjectId == projectId && q.AnnotatorId == annotator, cancel);
        if (stands is null)
        {
            stands = new Qualification(projectId, annotator, time.GetUtcNow());
            db.Qualifications.Add(stands);
        }
        change(stands, time.GetUtcNow());
        return await db.SaveChangesAsync(cancel);
    }, cancel);

    private static PracticeFeedback Tell(PracticeAnswer answer, PracticeTurn turn) =>
        new(answer.IsRight, answer.Item?.Gold ?? throw new LabelerException("That item has no known answer any more."),
            answer.Item.GoldNote, turn);

    private static async Task<Project> Project(LabelerDb db, long id, CancellationToken cancel) =>
        await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id && p.DeletedAt == null, cancel)
        ?? throw new LabelerException("This project is not here any more.");

    private static async Task<PracticeTurn> Turn(LabelerDb db, Project project, Guid annotator, CancellationToken cancel)
    {
        var (of, needed) = (project.Settings.PracticeItems, project.Settings.PracticeRight);
        var stands = await db.Qualifications.AsNoTracking()
            .FirstOrDefaultAsync(q => q.ProjectId == project.Id && q.AnnotatorId == annotator, cancel);
        var attempt = stands?.Attempt ?? 1;
        var answers = await db.PracticeAnswers.AsNoTracking().Include(a => a.Item)
            .Where(a => a.ProjectId == project.Id && a.AnnotatorId == annotator && a.Attempt == attempt).ToListAsync(cancel);
        PracticeTurn At(PracticeState state, Item? item = null) =>
            new(state, item, answers.Count, of, answers.Count(a => a.IsRight), needed, stands?.TriesLeft ?? Qualification.Tries);
        if (of == 0 || stands is { IsIn: true })
        {
            return At(PracticeState.Passed);
        }
        if (stands is { State: QualificationState.Failed })
        {
            return At(stands.TriesLeft > 0 ? PracticeState.Failed : PracticeState.Over);
        }
        var pool = await GoldPool.Read(db, project.Id, cancel, annotator);
        var answered = answers.Select(a => GoldPool.Question(a.Item!)).ToHashSet();
        var next = pool.Where(item => !answered.Contains(GoldPool.Question(item)))
            .OrderBy(item => GoldPool.Place(item, annotator, attempt)).FirstOrDefault();
        return pool.Count < of || next is null ? At(PracticeState.Missing)
            : At(PracticeState.Open, await GoldPool.Load(db, next.Id, cancel));
    }
}
