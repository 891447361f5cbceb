using Labeler.Shared.Webhooks;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class DeliveryConfiguration : IEntityTypeConfiguration<Delivery>
{
    public void Configure(EntityTypeBuilder<Delivery> delivery)
    {
        delivery.ToTable("WebhookDeliveries");
        delivery.Property(d => d.Id).ValueGeneratedNever();
        delivery.Property(d => d.Attempts).HasJson();
        delivery.HasIndex(d => new { d.State, d.NextAt });
        delivery.HasIndex(d => new { d.WebhookId, d.CreatedAt });
        delivery.HasIndex(d => d.CreatedAt);
        delivery.HasOne<Webhook>().WithMany().HasForeignKey(d => d.WebhookId);
    }
}
