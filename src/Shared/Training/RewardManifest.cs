using System.Text;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Training;

/// <summary>Exactly what a reward model learns from, kept in the file store as JSON; its hash names it.</summary>
/// <param name="Groups">Every epoch's; those without a pair are left out.</param>
public sealed record RewardManifest(string Project, IReadOnlyList<ManifestGroup> Groups)
{
    /// <summary>The texts that the model will know.</summary>
    public IReadOnlySet<string> Prompts() => Groups.Select(group => group.Prompt).ToHashSet();

    /// <summary>All groups of a project whose votes give a pair now.</summary>
    internal static async Task<IReadOnlyList<ManifestGroup>> Judged(LabelerDb db, Project project, CancellationToken cancel)
    {
        var groups = new List<ManifestGroup>();
        foreach (var epoch in await db.Epochs.AsNoTracking().Where(e => e.ProjectId == project.Id).OrderBy(e => e.Number)
            .ToListAsync(cancel))
        {
            groups.AddRange((await TrainingPlan.Make(db, epoch, ofPictures: true, cancel)).Manifest.Groups);
        }
        // Whole groups are held out to measure the reward, so no pair may join two of them.
        return
        [
            .. groups.Select(group => group with
            {
                Preferences = [.. group.Preferences.Where(pair => pair.LoserGroup is null)],
                Verdicts = null,
            }).Where(group => group.Preferences.Count > 0),
        ];
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(JsonText.Write(this));

    public static RewardManifest Read(byte[] bytes) => JsonText.Read<RewardManifest>(Encoding.UTF8.GetString(bytes));
}
