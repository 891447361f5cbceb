using Labeler.Shared.Accounts.Names;
using Labeler.Web.Features.Accounts;
using Labeler.Web.Features.People;
using Labeler.Web.Security.OpenId;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.OpenId;

/// <summary>What becomes of somebody whom the provider sends: their account is the one that is tied to them there, made when they first
/// come, and nobody else's, whatever name or address they have.</summary>
public sealed class Arrivals(UserManager<Account> accounts, LabelerDb db, IOptions<OpenIdOptions> settings, TimeProvider time)
{
    private const int MostNumbers = 9;

    /// <summary>Of a longer name as much is kept as leaves room for a number after it.</summary>
    private const int LongestGiven = Account.LongestDisplayName - 4;

    /// <summary>The account, with the rights that the groups give, or why it is not let in.</summary>
    public async Task<(Account? Account, OpenIdRefusal? Refusal)> Receive(OpenIdPerson person, CancellationToken cancel)
    {
        var role = settings.Value.RoleOf(person.Groups);
        var account = await accounts.FindByLoginAsync(OpenIdSetup.Scheme, person.Key);
        if (account is null)
        {
            if (role is null)
            {
                return (null, OpenIdRefusal.NoGroup);
            }
            account = await Make(person, role, cancel);
        }
        if (await accounts.IsLockedOutAsync(account))
        {
            return (account, OpenIdRefusal.Disabled);
        }
        // Who has linked an account of their own keeps the role that a person gave it.
        if (account.PasswordHash is null && await Refuse(account, role) is { } refusal)
        {
            return (account, refusal);
        }
        await Join(account.Id, person.Groups, cancel);
        return (account, null);
    }

    private async Task<Account> Make(OpenIdPerson person, string role, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await db.BeAlone(LockScope.Names, 0, cancel);
        // The same person may come twice at once.
        if (await accounts.FindByLoginAsync(OpenIdSetup.Scheme, person.Key) is { } already)
        {
            return already;
        }
        var account = await Named(person, now, cancel);
        Registration.Require(await accounts.CreateAsync(account));
        Registration.Require(await accounts.AddToRolesAsync(account, Role.Including(role)));
        Registration.Require(await accounts.AddLoginAsync(account, new(OpenIdSetup.Scheme, person.Key, settings.Value.Name)));
        await transaction.CommitAsync(cancel);
        return account;
    }

    // A name that looks like another's gets a number; one that is unfit is left out.
    private async Task<Account> Named(OpenIdPerson person, DateTimeOffset now, CancellationToken cancel)
    {
        var given = person.Names.Select(name => name.Length > LongestGiven ? name[..LongestGiven] : name).ToList();
        var numbered = given.Take(1).SelectMany(name => Enumerable.Range(2, MostNumbers).Select(number => $"{name} {number}"));
        foreach (var name in given.Concat(numbered))
        {
            try
            {
                var account = new Account(name, name, now);
                await AccountNames.RequireUnlike(db, account.DisplayName, account.Id, cancel);
                return account;
            }
            catch (LabelerException)
            {
                // The next one, then.
            }
        }
        var plain = $"Person {Guid.NewGuid():n}"[..20];
        return new(plain, plain, now);
    }

    // The groups decide each time anew. Who is in none any more keeps nothing: no session, no token.
    private async Task<OpenIdRefusal?> Refuse(Account account, string? role)
    {
        var held = await accounts.GetRolesAsync(account);
        try
        {
            if (role is null)
            {
                await accounts.Change(db, account.Id, time.GetUtcNow(), async changed =>
                    Registration.Require(await accounts.RemoveFromRolesAsync(changed, await accounts.GetRolesAsync(changed))));
                return OpenIdRefusal.NoGroup;
            }
            if (!held.Order().SequenceEqual(Role.Including(role).Order()))
            {
                await accounts.GiveRole(db, account.Id, role, time.GetUtcNow());
            }
            return null;
        }
        catch (LabelerException)
        {
            return OpenIdRefusal.LastAdmin;
        }
    }

    // Memberships that a person gave stay as they are.
    private async Task Join(Guid account, IReadOnlyList<string> groups, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        foreach (var (slug, role) in settings.Value.MembershipsOf(groups))
        {
            var project = await db.ProjectAt(slug).Select(p => (long?)p.Id).FirstOrDefaultAsync(cancel);
            var member = await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.ProjectId == project && m.AccountId == account, cancel);
            if (project is not { } id || member is { AddedBy: not null } || (member?.Role ?? ProjectRole.None) == role)
            {
                continue;
            }
            if (role == ProjectRole.None)
            {
                await Member.Remove(db, id, account, now, cancel);
                continue;
            }
            await Member.Put(db, id, account, role, null, now, cancel);
            await db.SaveChangesAsync(cancel);
        }
    }
}
