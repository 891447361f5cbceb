using Labeler.Shared.Audit;

namespace Labeler.Web.Features.Audit;

/// <summary>A line of the audit log as its table shows it.</summary>
public sealed class AuditRow
{
    public long Id { get; init; }
    public DateTimeOffset At { get; init; }
    public string? Who { get; init; }

    /// <summary>The name of the token that a program came with.</summary>
    public string? Token { get; init; }
    public string Action { get; init; } = "";
    public string Subject { get; init; } = "";
    public string? Project { get; init; }
    public AuditOutcome Outcome { get; init; }
    public string Address { get; init; } = "";
    public string? Before { get; init; }
    public string? After { get; init; }

    public static IQueryable<AuditRow> All(LabelerDb db) =>
        from entry in db.AuditEntries.AsNoTracking()
        select new AuditRow
        {
            Id = entry.Id,
            At = entry.At,
            Who = db.Users.Where(account => account.Id == entry.AccountId).Select(account => account.DisplayName).FirstOrDefault(),
            Token = db.AccessTokens.Where(token => token.Id == entry.TokenId).Select(token => token.Name).FirstOrDefault(),
            Action = entry.Action,
            Subject = entry.Subject,
            Project = db.Projects.Where(project => project.Id == entry.ProjectId).Select(project => project.Name).FirstOrDefault(),
            Outcome = entry.Outcome,
            Address = entry.Address,
            Before = entry.Before,
            After = entry.After,
        };
}
