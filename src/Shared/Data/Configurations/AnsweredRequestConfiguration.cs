using Labeler.Shared.Accounts;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class AnsweredRequestConfiguration : IEntityTypeConfiguration<AnsweredRequest>
{
    public void Configure(EntityTypeBuilder<AnsweredRequest> answered)
    {
        answered.HasKey(a => new { a.AccountId, a.Key });
        answered.HasIndex(a => a.At);
    }
}
