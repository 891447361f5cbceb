using Labeler.Shared.Imaging;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Scoring;

/// <summary>Measures an epoch's evaluation pictures together: how much they differ, and how far they are from the base model's.</summary>
public sealed class EpochFigures(IDbContextFactory<LabelerDb> contexts, FileStore files)
{
    // Every two of them are compared.
    private const int MostCompared = 400;

    /// <summary>Measures an epoch that has not been measured yet.</summary>
    /// <exception cref="LabelerException">A picture's file is damaged.</exception>
    public async Task Measure(long epochId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.EpochFigures.AnyAsync(f => f.EpochId == epochId, cancel))
        {
            return;
        }
        var epoch = await db.Epochs.AsNoTracking().FirstAsync(e => e.Id == epochId, cancel);
        var heldOut = await db.Prompts.Where(p => p.ProjectId == epoch.ProjectId && p.Use == PromptUse.HeldOut).Select(p => p.Text)
            .ToHashSetAsync(cancel);
        var groups = await Evaluated(db, epochId, cancel);
        var bases = await db.Epochs.Where(e => e.ProjectId == epoch.ProjectId && e.SampledById == null && e.Number <= epoch.Number)
            .OrderByDescending(e => e.Number).Select(e => (long?)e.Id).FirstOrDefaultAsync(cancel);
        var before = bases is { } id ? (await Evaluated(db, id, cancel)).ToDictionary(g => (g.Number, g.Prompt, g.Seed)) : [];
        foreach (var set in groups.GroupBy(g => heldOut.Contains(g.Prompt)))
        {
            db.EpochFigures.Add(new(epochId, EpochFigure.Diversity, set.Key,
                Diversity.Of([.. set.SelectMany(g => g.Images).Take(MostCompared).Select(Open)])));
            var pairs = set.Where(g => before.ContainsKey((g.Number, g.Prompt, g.Seed)))
                .SelectMany(g => before[(g.Number, g.Prompt, g.Seed)].Images.Zip(g.Images)).ToList();
            if (pairs.Count > 0)
            {
                db.EpochFigures.Add(new(epochId, EpochFigure.Change, set.Key,
                    Diversity.Change(pairs.Select(pair => (Open(pair.First), Open(pair.Second))))));
            }
        }
        await db.SaveChangesAsync(cancel);
    }

    private Picture Open(SampleImage image) => Picture.Decode(File.ReadAllBytes(files.Verified(image.ContentHash, CancellationToken.None)));

    private static Task<List<Group>> Evaluated(LabelerDb db, long epochId, CancellationToken cancel) =>
        db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
            .Where(g => g.EpochId == epochId && g.Use == GroupUse.Evaluation).OrderBy(g => g.Number).ToListAsync(cancel);
}
