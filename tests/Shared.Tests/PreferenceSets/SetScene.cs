using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.PreferenceSets;

/// <summary>A judged project, whose preferences go out.</summary>
internal sealed class SetScene(Scene scene)
{
    public Scene Scene => scene;
    public World World => scene.World;

    public SetExport Export => new(World.Contexts, World.Files, World.Get<DataFolder>(), World.Clock);

    /// <summary>A flag project of two groups of three, of which one image each is flagged.</summary>
    public static async Task<SetScene> Judged(World world)
    {
        var scene = await Scene.Sampled(world, groups: 2, settings: new ProjectSettings { GroupSize = 3 });
        await scene.VoteAll(Guid.NewGuid(), lease => new FlagVerdict([.. Enumerable.Range(0, 3)
            .Select(i => new TileVerdict(i, i == (int)(lease.ItemId % 3) ? FlagKinds.Deformed : FlagKinds.None, true, true))]));
        return new(scene);
    }

    /// <summary>The same, of whose flags three people agree on one image and disagree on another.</summary>
    public static async Task<SetScene> Doubted(World world)
    {
        var scene = await Scene.Sampled(world, groups: 2, settings: new ProjectSettings { GroupSize = 3, VotesPerItem = 3 });
        for (var person = 0; person < 3; person++)
        {
            var flags = person == 0 ? 2 : 1;
            await scene.VoteAll(Guid.NewGuid(), lease => new FlagVerdict([.. Enumerable.Range(0, 3)
                .Select(i => new TileVerdict(i, (i + lease.ItemId) % 3 < flags ? FlagKinds.Deformed : FlagKinds.None, true, true))]));
        }
        return new(scene);
    }

    /// <summary>Exports, and returns where the file lies.</summary>
    public async Task<(string Path, ExportedFile File)> Exported(SetFormat format)
    {
        var id = (await Export.Queue(scene.Project.Id, format.Name)).Id;
        var job = (await scene.Jobs.Claim("web", [JobKind.Export]))!;
        await Export.Run(job, (_, _) => { });
        var done = await scene.Read(db => db.Jobs.AsNoTracking().SingleAsync(j => j.Id == id));
        Assert.Equal(JobState.Succeeded, done.State);
        return (ExportedFile.PathOf(World.Get<DataFolder>(), id, format), done.Read<SetExportOrder>().File!);
    }

    /// <summary>What people preferred: prompt, and the pixels of both pictures.</summary>
    /// <param name="backed">And how surely, and how many said so.</param>
    public static async Task<string[]> Preferences(Scene scene, bool backed = false)
    {
        var told = new List<string>();
        foreach (var epoch in await scene.Read(db => db.Epochs.Where(e => e.ProjectId == scene.Project.Id).Select(e => e.Id).ToListAsync()))
        {
            foreach (var group in (await scene.Cycle.DryRun(epoch)).Manifest.Groups)
            {
                var votes = await scene.Read(db => db.Votes.Where(v => group.Votes.Contains(v.Id)).SumAsync(v => v.Voters ?? 1));
                foreach (var pair in group.Preferences)
                {
                    var who = backed ? FormattableString.Invariant($", {pair.Weight} of {votes}") : "";
                    told.Add($"{group.Prompt}: {await Pixels(scene, group.Images[pair.Winner])} > {await Pixels(scene, group.Images[pair.Loser])}{who}");
                }
            }
        }
        return [.. told.Order(StringComparer.Ordinal)];
    }

    private static async Task<string> Pixels(Scene scene, string hash) => PixelsOf(await scene.World.Files.Read(hash));

    public static string PixelsOf(byte[] picture) => ContentHash.Of(Delivered.Png(picture))[..12];
}
