using System.Text;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Photos;

/// <summary>How the mirror report evaluates a fine-tuning on photos: 30 steps, guidance 7.5, 100 random captions that it learned from and
/// 50 that it did not.</summary>
public static class ReportPreset
{
    public const int LearnedCaptions = 100, UnseenCaptions = 50;

    public static SamplingSettings Sampling(SamplingSettings of) => of with { Steps = 30, GuidanceScale = 7.5 };

    /// <summary>The captions for a fine-tuning, those it learned from first; the same each time. Fewer photos have fewer.</summary>
    /// <param name="checkpointId">One of its steps.</param>
    public static async Task<IReadOnlyList<string>> Captions(LabelerDb db, FileStore files, long checkpointId,
        CancellationToken cancel = default)
    {
        var step = await db.Checkpoints.AsNoTracking().FirstAsync(c => c.Id == checkpointId, cancel);
        var taught = JsonText.Read<FineTuneManifest>(Encoding.UTF8.GetString(await files.Read(step.ManifestHash, cancel))).Photos
            .Where(photo => photo.Label == step.Name).Select(photo => photo.Caption).Distinct().ToList();
        var all = await db.Photos.AsNoTracking().Where(p => p.ProjectId == step.ProjectId && p.Caption != null).OrderBy(p => p.Id)
            .Select(p => p.Caption!).ToListAsync(cancel);
        var random = new Random((int)(step.JobId!.Value & int.MaxValue));
        return [.. Drawn(random, taught, LearnedCaptions), .. Drawn(random, [.. all.Distinct().Except(taught)], UnseenCaptions)];
    }

    private static IEnumerable<string> Drawn(Random random, IReadOnlyList<string> captions, int most)
    {
        var mixed = captions.ToArray();
        random.Shuffle(mixed);
        return mixed.Take(most);
    }
}
