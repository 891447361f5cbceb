using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Features.People;

/// <summary>An account with its highest role, as the list of people shows it.</summary>
public sealed record Person(Account Account, string Role)
{
    /// <summary>Everybody, those who can sign in first, by name.</summary>
    public static async Task<List<Person>> All(LabelerDb db)
    {
        var accounts = await db.Users.AsNoTracking().ToListAsync();
        var held = await (from link in db.UserRoles join role in db.Roles on link.RoleId equals role.Id select new { link.UserId, role.Name }).ToListAsync();
        var roles = held.ToLookup(h => h.UserId, h => h.Name);
        return [.. accounts
            .Select(a => new Person(a, Shared.Accounts.Role.All.LastOrDefault(r => roles[a.Id].Contains(r)) ?? "none"))
            .OrderBy(p => p.Account.IsDisabled()).ThenBy(p => p.Account.DisplayName, StringComparer.CurrentCultureIgnoreCase)];
    }
}
