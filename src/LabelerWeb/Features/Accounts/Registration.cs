using Labeler.Shared.Accounts.Names;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Features.Accounts;

public static class Registration
{
    /// <summary>The new account. Nothing is changed where it fails.</summary>
    /// <exception cref="LabelerException">The link is used up or too old, the name is taken, looks like another or is unfit, or the
    /// password too weak.</exception>
    public static async Task<Account> Join(this UserManager<Account> accounts, LabelerDb db, string token, string name, string password,
        DateTimeOffset now)
    {
        var account = new Account(name, name, now);
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (!await Invitation.Use(db, token, account.Id, now))
        {
            throw new LabelerException("This link has been used or is too old. Ask an admin for a new one.");
        }
        var role = await db.Invitations.Where(i => i.UsedBy == account.Id).Select(i => i.Role).SingleAsync();
        await AccountNames.RequireUnlike(db, account.DisplayName, account.Id);
        Require(await accounts.CreateAsync(account, password));
        Require(await accounts.AddToRolesAsync(account, Role.Including(role)));
        await transaction.CommitAsync();
        return account;
    }

    public static void Require(IdentityResult result)
    {
        if (!result.Succeeded)
        {
            throw new LabelerException(string.Join(" ", result.Errors.Select(Sentence).Distinct()));
        }
    }

    private static string Sentence(IdentityError error) => error.Code switch
    {
        nameof(IdentityErrorDescriber.DuplicateUserName) => "Somebody has this name already, or one that looks like it: choose another.",
        nameof(IdentityErrorDescriber.PasswordMismatch) => "The present password is wrong.",
        nameof(IdentityErrorDescriber.InvalidToken) => "This link has been used or is too old. Ask an admin for a new one.",
        nameof(IdentityErrorDescriber.PasswordTooShort) or nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) =>
            "A password has at least 10 characters, and 4 different ones among them.",
        _ => error.Description,
    };
}
