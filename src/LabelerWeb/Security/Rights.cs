using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Security;

/// <summary>Whether what somebody signed in with still holds, asked of the database.</summary>
public sealed class Rights(IDbContextFactory<LabelerDb> contexts, IOptions<IdentityOptions> options, TimeProvider time)
{
    /// <summary>How often a page that stays open is asked about; each request is asked about anyway.</summary>
    public static readonly TimeSpan Recheck = TimeSpan.FromSeconds(10);

    /// <summary>How soon at the latest an open page stops when the person was disabled, lost the role or had the session ended.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // Of the one role that nearly everybody holds.
    private static readonly KnownQuery<Func<LabelerDb, Guid, Guid, string?, string, DateTimeOffset, DateTimeOffset, CancellationToken,
        Task<bool>>> HoldWithOneRole = new(() => EF.CompileAsyncQuery((LabelerDb db, Guid session, Guid account, string? stamp,
            string role, DateTimeOffset seen, DateTimeOffset now, CancellationToken cancel) => db.Sessions.Any(s => s.Id == session
                && s.AccountId == account && s.EndedAt == null && s.SeenAt > seen
                && db.Users.Any(a => a.Id == account && a.SecurityStamp == stamp && (a.LockoutEnd == null || a.LockoutEnd <= now))
                && db.UserRoles.Any(held => held.UserId == account && db.Roles.Any(r => r.Id == held.RoleId && r.Name == role)))));

    /// <summary>What changes with the account's password and role, as it was when this person signed in.</summary>
    public string? Stamp(ClaimsPrincipal user) => user.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType);

    /// <summary>
    /// Is the session open, the account neither disabled nor changed (password, role) since, and does it hold every role that
    /// <paramref name="user"/> claims? One look by primary keys.
    /// </summary>
    public async Task<bool> Hold(ClaimsPrincipal user, CancellationToken cancel = default)
    {
        if (user.SessionId() is not { } session)
        {
            return false;
        }
        var (account, now) = (user.AccountId(), time.GetUtcNow());
        var stamp = Stamp(user);
        var roles = user.FindAll(options.Value.ClaimsIdentity.RoleClaimType).Select(role => role.Value).Distinct().ToList();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (roles is [var role])
        {
            return await HoldWithOneRole.On(db)(db, session, account, stamp, role, now - Session.Lifetime, now, cancel);
        }
        return await db.Sessions.Open(now).AnyAsync(s => s.Id == session && s.AccountId == account
            && db.Users.Any(a => a.Id == account && a.SecurityStamp == stamp && (a.LockoutEnd == null || a.LockoutEnd <= now))
            && db.UserRoles.Count(held => held.UserId == account && db.Roles.Any(r => r.Id == held.RoleId && roles.Contains(r.Name!)))
                == roles.Count, cancel);
    }
}
