using Labeler.Web.Features.Accounts;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Features.People;

/// <summary>What an admin does to accounts; it holds for what is signed in within <see cref="AccountRules.Recheck"/>.</summary>
public static class Membership
{
    /// <exception cref="LabelerException">Nobody would be left as admin, or there is no such account or role.</exception>
    public static Task<Account> GiveRole(this UserManager<Account> accounts, LabelerDb db, Guid id, string role) => accounts.Change(
        db, id, async account =>
    {
        Registration.Require(await accounts.RemoveFromRolesAsync(account, await accounts.GetRolesAsync(account)));
        Registration.Require(await accounts.AddToRolesAsync(account, Role.Including(role)));
    });

    /// <summary>Signs the account out and lets it in no more; its votes stay.</summary>
    /// <exception cref="LabelerException">Nobody would be left as admin.</exception>
    public static Task<Account> Disable(this UserManager<Account> accounts, LabelerDb db, Guid id) => accounts.Change(
        db, id, async account => Registration.Require(await accounts.SetLockoutEndDateAsync(account, DateTimeOffset.MaxValue)));

    /// <summary>Lets a disabled or locked account in again.</summary>
    public static async Task<Account> Enable(this UserManager<Account> accounts, Guid id)
    {
        var account = await accounts.Get(id);
        Registration.Require(await accounts.SetLockoutEndDateAsync(account, null));
        Registration.Require(await accounts.ResetAccessFailedCountAsync(account));
        return account;
    }

    /// <summary>Disabled by an admin, not merely locked for minutes after wrong passwords.</summary>
    public static bool IsDisabled(this Account account) => account.LockoutEnd is { Year: > 9000 };

    public static async Task<Account> Get(this UserManager<Account> accounts, Guid id) =>
        await accounts.FindByIdAsync(id.ToString()) ?? throw new LabelerException("There is no such account; load the page again.");

    private static async Task<Account> Change(this UserManager<Account> accounts, LabelerDb db, Guid id, Func<Account, Task> change)
    {
        var account = await accounts.Get(id);
        await using var transaction = await db.Database.BeginTransactionAsync();
        await change(account);
        Registration.Require(await accounts.UpdateSecurityStampAsync(account));
        if ((await accounts.GetUsersInRoleAsync(Role.Admin)).All(IsDisabled))
        {
            throw new LabelerException("Somebody must remain who can sign in as admin: give another account that role first.");
        }
        await transaction.CommitAsync();
        return account;
    }
}
