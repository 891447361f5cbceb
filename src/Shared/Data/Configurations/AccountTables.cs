using Labeler.Shared.Accounts;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Shared.Data.Configurations;

/// <summary>How the database keeps accounts, their roles and invitations, where Entity Framework's conventions do not say it.</summary>
internal static class AccountTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Account>(account =>
        {
            account.ToTable("Accounts");
            account.Property(a => a.Keys).HasJson();
            account.Property(a => a.OptOuts).HasJson();
        });
        model.Entity<IdentityUserClaim<Guid>>(claim => claim.ToTable("AccountClaims"));
        model.Entity<IdentityUserLogin<Guid>>(login => login.ToTable("AccountLogins"));
        model.Entity<IdentityUserRole<Guid>>(role => role.ToTable("AccountRoles"));
        model.Entity<IdentityUserToken<Guid>>(token => token.ToTable("AccountTokens"));
        model.Entity<IdentityRole<Guid>>(role => role.ToTable("Roles"));
        model.Entity<IdentityRoleClaim<Guid>>(claim => claim.ToTable("RoleClaims"));
        model.Entity<Invitation>(invitation => invitation.HasIndex(i => i.TokenHash).IsUnique());
    }
}
