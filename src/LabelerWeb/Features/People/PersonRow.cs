namespace Labeler.Web.Features.People;

/// <summary>An account as the table of people shows it.</summary>
public sealed class PersonRow
{
    // Admins disable without an end; earlier versions locked for minutes.
    private static readonly DateTimeOffset Forever = new(9001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string? SignsInAs { get; init; }

    /// <summary>The highest that is held.</summary>
    public string Role { get; init; } = "";
    public PersonState State { get; init; }
    public DateTimeOffset Since { get; init; }
    public DateTimeOffset? LastVote { get; init; }

    /// <summary>Judgements that were not taken back.</summary>
    public int Votes { get; init; }
    public bool Withdrew { get; init; }
    public bool IsDeleted { get; init; }

    /// <summary>They sign in by a password; others at a provider.</summary>
    public bool HasPassword { get; init; }
    public bool HasSecondFactor { get; init; }
    public int Passkeys { get; init; }

    /// <summary>They are tied to somebody at a provider, beside the password or instead of it.</summary>
    public bool IsLinked { get; init; }

    public static IQueryable<PersonRow> All(LabelerDb db)
    {
        var held = db.UserRoles.Join(db.Roles, link => link.RoleId, role => role.Id, (link, role) => new { link.UserId, role.Name });
        return
            from account in db.Users.AsNoTracking()
            select new PersonRow
            {
                Id = account.Id,
                Name = account.DisplayName,
                SignsInAs = account.UserName,
                Role = held.Any(role => role.UserId == account.Id && role.Name == Shared.Accounts.Role.Admin) ? Shared.Accounts.Role.Admin
                    : held.Any(role => role.UserId == account.Id && role.Name == Shared.Accounts.Role.Lead) ? Shared.Accounts.Role.Lead
                    : held.Any(role => role.UserId == account.Id) ? Shared.Accounts.Role.Annotator : "none",
                State = account.LockoutEnd >= Forever ? PersonState.Disabled : PersonState.Active,
                Since = account.CreatedAt,
                LastVote = db.Votes.Where(vote => vote.AnnotatorId == account.Id).OrderByDescending(vote => vote.Id)
                    .Select(vote => (DateTimeOffset?)vote.At).FirstOrDefault(),
                Votes = db.Votes.Count(
                    vote => vote.AnnotatorId == account.Id && vote.Kind == VoteKind.Judgement && vote.SupersededById == null),
                Withdrew = account.WithdrawnAt != null,
                IsDeleted = account.DeletedAt != null,
                HasPassword = account.PasswordHash != null,
                HasSecondFactor = account.TwoFactorEnabled,
                Passkeys = db.UserPasskeys.Count(passkey => passkey.UserId == account.Id),
                IsLinked = db.UserLogins.Any(login => login.UserId == account.Id),
            };
    }
}

/// <summary>May somebody sign in?</summary>
public enum PersonState { Active, Disabled }
