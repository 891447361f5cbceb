using Labeler.Shared.Projects;
using Labeler.Shared.Webhooks;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class WebhookConfiguration : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> webhook)
    {
        webhook.Property(w => w.Events).HasJson();
        webhook.HasOne<Project>().WithMany().HasForeignKey(w => w.ProjectId);
    }
}
