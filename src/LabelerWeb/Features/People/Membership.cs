using Labeler.Web.Features.Accounts;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Features.People;

/// <summary>What an admin does to accounts; it holds for what is signed in within <see cref="AccountRules.Recheck"/>.</summary>
public static class Membership
{
    /// <exception cref="LabelerException">Nobody would be left as admin, or there is no such account or role.</exception>
    public static async Task<Account> GiveRole(this UserManager<Account> accounts, LabelerDb db, Guid id, string role)
    {
        var account = await accounts.Get(id);
        await using var transaction = await db.Database.BeginTransactionAsync();
        Registration.Require(await accounts.RemoveFromRolesAsync(account, await accounts.GetRolesAsync(account)));
        Registration.Require(await accounts.AddToRolesAsync(account, Role.Including(role)));
        Registration.Require(await accounts.UpdateSecurityStampAsync(account));
        await RequireAnAdmin(db);
        await transaction.CommitAsync();
        return account;
    }

    /// <summary>Signs the account out and lets it in no more; its votes stay.</summary>
    /// <exception cref="LabelerException">Nobody would be left as admin.</exception>
    public static async Task<Account> Disable(this UserManager<Account> accounts, LabelerDb db, Guid id)
    {
        var account = await accounts.Get(id);
        await using var transaction = await db.Database.BeginTransactionAsync();
        Registration.Require(await accounts.SetLockoutEndDateAsync(account, DateTimeOffset.MaxValue));
        Registration.Require(await accounts.UpdateSecurityStampAsync(account));
        await RequireAnAdmin(db);
        await transaction.CommitAsync();
        return account;
    }

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

    private static async Task RequireAnAdmin(LabelerDb db)
    {
        var admins = await (from held in db.UserRoles
                            join role in db.Roles on held.RoleId equals role.Id
                            join account in db.Users on held.UserId equals account.Id
                            where role.Name == Role.Admin
                            select account).ToListAsync();
        if (admins.All(IsDisabled))
        {
            throw new LabelerException("Somebody must remain who can sign in as admin: give another account that role first.");
        }
    }
}
