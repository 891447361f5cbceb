using Labeler.Shared.Data.Servers;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class CounterConfiguration : IEntityTypeConfiguration<Counter>
{
    private const int DigestLength = 64;

    public void Configure(EntityTypeBuilder<Counter> counter)
    {
        counter.HasKey(c => new { c.Kind, c.Key });
        counter.Property(c => c.Key).HasMaxLength(DigestLength);
        counter.HasIndex(c => c.At);
    }
}
