using Labeler.Shared.Epochs;
using Labeler.Shared.Scoring;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class EpochFigureConfiguration : IEntityTypeConfiguration<EpochFigure>
{
    public void Configure(EntityTypeBuilder<EpochFigure> figure)
    {
        figure.HasKey(f => new { f.EpochId, f.Name, f.HeldOut });
        figure.HasOne<Epoch>().WithMany().HasForeignKey(f => f.EpochId).OnDelete(DeleteBehavior.Cascade);
    }
}
