using Labeler.Shared.Accounts;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class AccessTokenConfiguration : IEntityTypeConfiguration<AccessToken>
{
    public void Configure(EntityTypeBuilder<AccessToken> token)
    {
        token.Property(t => t.Id).ValueGeneratedNever();
        token.HasIndex(t => t.Hash).IsUnique();
        token.HasIndex(t => t.AccountId);
        token.Property(t => t.Projects).HasJson();
        token.HasOne<Account>().WithMany().HasForeignKey(t => t.AccountId);
    }
}
