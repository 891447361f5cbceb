using Labeler.Shared.Audit;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

// No foreign keys: a line outlives what it is about.
internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> entry)
    {
        entry.HasIndex(e => new { e.AccountId, e.Id });
        entry.HasIndex(e => new { e.ProjectId, e.Id });
        entry.HasIndex(e => new { e.Action, e.Id });
        entry.HasIndex(e => new { e.Outcome, e.Id });
        entry.HasIndex(e => e.At);
    }
}
