namespace Labeler.Web.Features.Review;

/// <summary>Where one person stands with a project's practice.</summary>
/// <param name="Right">Right answers of the newest try that has any.</param>
internal sealed record PracticePerson(Guid Id, string Name, Qualification? Stands, int Right, int Answered)
{
    public bool IsIn => Stands is { IsIn: true };

    public string State => Stands switch
    {
        null => Texts.Say($"has not practiced"),
        { State: QualificationState.Passed } => Texts.Say($"passed on {Day}"),
        { State: QualificationState.LetIn } => Texts.Say($"let in by {Stands.By} on {Day}"),
        { State: QualificationState.Failed, TriesLeft: > 0 } =>
            Stands.TriesLeft == 1 ? Texts.Say($"not passed; 1 try left") : Texts.Say($"not passed; {Stands.TriesLeft} tries left"),
        { State: QualificationState.Failed } => Texts.Say($"not passed; no try left"),
        { By: { } by } => Texts.Say($"asked again by {by} on {Day}"),
        _ => Texts.Say($"practices"),
    };

    private string Day => Stands!.At.ToLocalTime().ToString(Texts.Say($"d MMM yyyy"));

    /// <summary>Everybody who may label, those who wait for a word first.</summary>
    public static async Task<IReadOnlyList<PracticePerson>> Read(LabelerDb db, long project, CancellationToken cancel)
    {
        var people = (await
            db.Users.AsNoTracking().Where(a => a.PasswordHash != null).OrderBy(a => a.DisplayName)
            .Select(a => new { a.Id, a.DisplayName, a.LockoutEnd }).ToListAsync(cancel)).Where(a => a.LockoutEnd is not { Year: > 9000 });
        var stands = await db.Qualifications.AsNoTracking().Where(q => q.ProjectId == project)
            .ToDictionaryAsync(q => q.AnnotatorId, cancel);
        var answers = (await db.PracticeAnswers.Where(a => a.ProjectId == project).GroupBy(a => new { a.AnnotatorId, a.Attempt })
            .Select(g => new { g.Key.AnnotatorId, g.Key.Attempt, Right = g.Count(a => a.IsRight), Count = g.Count() }).ToListAsync(cancel))
            .GroupBy(a => a.AnnotatorId).ToDictionary(g => g.Key, g => g.MaxBy(a => a.Attempt)!);
        return [.. people.Select(person => new PracticePerson(person.Id, person.DisplayName, stands.GetValueOrDefault(person.Id),
            answers.GetValueOrDefault(person.Id)?.Right ?? 0, answers.GetValueOrDefault(person.Id)?.Count ?? 0))
            .OrderBy(person => person.Stands is { State: QualificationState.Failed, TriesLeft: <= 0 } ? 0 : 1)];
    }
}
