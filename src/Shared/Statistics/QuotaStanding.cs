using Labeler.Shared.Members.Teams;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>How far somebody is with the votes that they are asked for in a project.</summary>
/// <param name="Today">Votes since midnight that they have not taken back.</param>
/// <param name="InTotal">The same of all days.</param>
public sealed record QuotaStanding(Guid AnnotatorId, string Name, Quota Quota, int Today, int InTotal)
{
    private const int MostPeople = 1_000;

    /// <summary>Null where no quota is set for this person.</summary>
    public static async Task<QuotaStanding?> Of(
        LabelerDb db, Project project, Guid annotator, DateTimeOffset dayStart, CancellationToken cancel = default)
    {
        var quota = (await Assignment.Of(db, project, annotator, cancel)).Quota;
        if (quota.IsNone)
        {
            return null;
        }
        var given = Assignment.Given(db, project.Id, annotator);
        var name = await db.Users.Where(a => a.Id == annotator).Select(a => a.DisplayName).FirstOrDefaultAsync(cancel);
        return new(annotator, name ?? "", quota, await given.CountAsync(v => v.At >= dayStart, cancel), await given.CountAsync(cancel));
    }

    /// <summary>Members, people of teams and whoever has voted, where a quota is set for them, by name; the first thousand.</summary>
    /// <param name="people">What everybody has done in the project.</param>
    public static async Task<IReadOnlyList<QuotaStanding>> Read(LabelerDb db, Project project, DateTimeOffset dayStart,
        IEnumerable<AnnotatorFigures> people, CancellationToken cancel = default)
    {
        var own = await db.MemberQuotas.AsNoTracking().Where(q => q.ProjectId == project.Id).ToDictionaryAsync(q => q.AccountId, cancel);
        var forAll = new Quota(project.QuotaPerDay, project.QuotaInTotal);
        if (own.Count == 0 && forAll.IsNone)
        {
            return [];
        }
        var today = await db.Votes
            .Where(v => v.ProjectId == project.Id && v.At >= dayStart && v.Kind == VoteKind.Judgement && v.SupersededById == null)
            .GroupBy(v => v.AnnotatorId).Select(of => new { of.Key, Count = of.Count() })
            .ToDictionaryAsync(v => v.Key, v => v.Count, cancel);
        var inTotal = people.ToDictionary(person => person.AnnotatorId, person => person.Votes);
        var ids = own.Keys.Concat(inTotal.Keys).Concat(await ProjectGrant.All(db, project.Id).Select(g => g.AccountId).ToListAsync(cancel))
            .Distinct().ToList();
        var named = await db.Users.Where(a => ids.Contains(a.Id) && a.DeletedAt == null).OrderBy(a => a.DisplayName)
            .Select(a => new { a.Id, a.DisplayName }).Take(MostPeople).ToListAsync(cancel);
        return [.. named.Select(person => new QuotaStanding(person.Id, person.DisplayName,
                own.TryGetValue(person.Id, out var one) ? new(one.PerDay, one.InTotal) : forAll,
                today.GetValueOrDefault(person.Id), inTotal.GetValueOrDefault(person.Id)))
            .Where(person => !person.Quota.IsNone)];
    }
}
