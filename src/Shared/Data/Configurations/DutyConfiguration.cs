using Labeler.Shared.Data.Servers;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class DutyConfiguration : IEntityTypeConfiguration<Duty>
{
    private const int LongestText = 100;

    public void Configure(EntityTypeBuilder<Duty> duty)
    {
        duty.HasKey(d => d.Name);
        duty.Property(d => d.Name).HasMaxLength(LongestText);
        duty.Property(d => d.Holder).HasMaxLength(2 * LongestText);
    }
}
