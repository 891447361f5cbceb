using Labeler.Shared.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

/// <summary>As the third version of Identity's schema has it, whose other changes are of no use here.</summary>
internal sealed class AccountPasskeyConfiguration : IEntityTypeConfiguration<IdentityUserPasskey<Guid>>
{
    private const int LongestCredential = 1024;

    public void Configure(EntityTypeBuilder<IdentityUserPasskey<Guid>> passkey)
    {
        passkey.ToTable("AccountPasskeys");
        passkey.HasKey(p => p.CredentialId);
        passkey.Property(p => p.CredentialId).HasMaxLength(LongestCredential);
        // Identity changes what is in it, so it is compared with a copy.
        passkey.Property(p => p.Data).HasJson().Metadata.SetValueComparer(new ValueComparer<IdentityPasskeyData>(
            (a, b) => JsonText.Write(a) == JsonText.Write(b), data => JsonText.Write(data).GetHashCode(StringComparison.Ordinal),
            data => JsonText.Read<IdentityPasskeyData>(JsonText.Write(data))));
        passkey.HasOne<Account>().WithMany().HasForeignKey(p => p.UserId);
    }
}
