using Labeler.Web.Features.Accounts;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Features.People;

/// <summary>What an admin does to accounts. It ends their sessions, so that it holds for each request from then on, and for pages that are
/// open within <see cref="Rights.Limit"/>.</summary>
public static class Membership
{
    /// <exception cref="LabelerException">Nobody would be left as admin, or there is no such account or role.</exception>
    public static Task<Account> GiveRole(this UserManager<Account> accounts, LabelerDb db, Guid id, string role,
        DateTimeOffset now) => accounts.Change(
        db, id, now, async account =>
    {
        Registration.Require(await accounts.RemoveFromRolesAsync(account, await accounts.GetRolesAsync(account)));
        Registration.Require(await accounts.AddToRolesAsync(account, Role.Including(role)));
    });

    /// <summary>Signs the account out and lets it in no more; its votes stay.</summary>
    /// <exception cref="LabelerException">Nobody would be left as admin.</exception>
    public static Task<Account> Disable(this UserManager<Account> accounts, LabelerDb db, Guid id, DateTimeOffset now) => accounts.Change(
        db, id, now, async account => Registration.Require(await accounts.SetLockoutEndDateAsync(account, DateTimeOffset.MaxValue)));

    /// <summary>Lets a disabled account in again.</summary>
    public static async Task<Account> Enable(this UserManager<Account> accounts, Guid id)
    {
        var account = await accounts.Get(id);
        Registration.Require(await accounts.SetLockoutEndDateAsync(account, null));
        return account;
    }

    /// <summary>Disabled by an admin; earlier versions also locked accounts for minutes.</summary>
    public static bool IsDisabled(this Account account) => account.LockoutEnd is { Year: > 9000 };

    /// <exception cref="LabelerException">There is no such account, or its person was deleted.</exception>
    public static async Task<Account> Get(this UserManager<Account> accounts, Guid id)
    {
        var account = await accounts.FindByIdAsync(id.ToString())
            ?? throw new LabelerException("There is no such account; load the page again.");
        LabelerException.ThrowIf(account.DeletedAt is not null, "They are deleted already.");
        return account;
    }

    internal static async Task<Account> Change(this UserManager<Account> accounts, LabelerDb db, Guid id, DateTimeOffset now,
        Func<Account, Task> change)
    {
        var account = await accounts.Get(id);
        await using var transaction = await db.Database.BeginTransactionAsync();
        await change(account);
        Registration.Require(await accounts.UpdateSecurityStampAsync(account));
        await Session.EndAll(db, id, now);
        if ((await accounts.GetUsersInRoleAsync(Role.Admin)).All(IsDisabled))
        {
            throw new LabelerException("Somebody must remain who can sign in as admin: give another account that role first.");
        }
        await transaction.CommitAsync();
        return account;
    }
}
