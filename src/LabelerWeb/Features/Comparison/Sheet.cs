namespace Labeler.Web.Features.Comparison;

/// <summary>A project's evaluation pictures along training: a row is one prompt and noise, a column one epoch's model.</summary>
/// <param name="Left">How many epochs with such pictures there are besides.</param>
public sealed record Sheet(Project Project, IReadOnlyList<int> Epochs, int Left, IReadOnlyList<SheetRow> Rows)
{
    private const int MostColumns = 8, MostRows = 24;

    public static async Task<Sheet> Read(LabelerDb db, Project project, CancellationToken cancel)
    {
        var evaluated = db.Groups.AsNoTracking().Where(g => g.Use == GroupUse.Evaluation && g.ProjectId == project.Id);
        var epochs = await db.Epochs.AsNoTracking()
            .Where(e => e.ProjectId == project.Id && e.State != EpochState.RolledBack && e.State != EpochState.Cancelled)
            .Where(e => evaluated.Any(g => g.EpochId == e.Id)).OrderBy(e => e.Number).Select(e => new { e.Id, e.Number })
            .ToListAsync(cancel);
        var columns = Evenly.Of(epochs, MostColumns);
        var ids = columns.Select(e => e.Id).ToList();
        var groups = await evaluated.Include(g => g.Images).Where(g => ids.Contains(g.EpochId)).ToListAsync(cancel);
        // Prompts may change between epochs: a row is the same words and the same noise, else it compares nothing.
        var rows = groups.SelectMany(g => g.Images.Select(i => (g.EpochId, g.Prompt, g.Seed, g.Number, i.Index, i.ContentHash)))
            .GroupBy(i => (i.Prompt, i.Seed, i.Index)).OrderBy(row => row.Key.Index).ThenBy(row => row.Min(i => i.Number))
            .Select(row => new SheetRow(row.Key.Prompt, [.. ids.Select(id => row.FirstOrDefault(i => i.EpochId == id).ContentHash)]));
        return new(project, [.. columns.Select(e => e.Number)], epochs.Count - columns.Count, [.. rows.Take(MostRows)]);
    }
}

/// <param name="Hashes">Content hash of each epoch's picture; null where the epoch has none of this prompt and noise.</param>
public sealed record SheetRow(string Prompt, IReadOnlyList<string?> Hashes);
