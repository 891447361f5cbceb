namespace Labeler.Shared.Accounts.Names;

/// <summary>An account that somebody named.</summary>
public sealed record NamedAccount(Guid Id, string DisplayName)
{
    /// <summary>By the name that others see or, regardless of case, by the one to sign in with.</summary>
    /// <exception cref="LabelerException">Nobody has that name.</exception>
    public static async Task<NamedAccount> Find(LabelerDb db, string? who, CancellationToken cancel = default)
    {
        var (name, signsInAs) = (who?.Trim() ?? "", who?.Trim().ToUpperInvariant());
        return await db.Users.Where(a => a.DeletedAt == null && (a.DisplayName == name || a.NormalizedUserName == signsInAs))
            .OrderBy(a => a.DisplayName == name ? 0 : 1).Select(a => new NamedAccount(a.Id, a.DisplayName)).FirstOrDefaultAsync(cancel)
            ?? throw new LabelerException("Nobody has that name. People come by an invitation first.");
    }
}
