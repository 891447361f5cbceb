using Labeler.Shared.Data;
using Labeler.Shared.Files;
using Labeler.Shared.Images;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Labeler.Shared.Tests.Photos;

/// <summary>Photographs that somebody took, in the wallpapers that a Debian machine may have.</summary>
[Collection(Databases.Collection)]
public sealed class Photographs_of_the_system_are_brought_in(Databases databases)
{
    [PhotographFact]
    public async Task Wallpapers_of_many_megapixels_become_items_with_pictures_to_show()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var limits = new ImportLimits { Root = Path.GetDirectoryName(PhotographFactAttribute.Folder)! };
        var scene = await PhotoScene.In(world, limits);
        var job = await scene.Run(ImportPlace.Folder(Path.GetFileName(PhotographFactAttribute.Folder)!, world.Get<DataFolder>(), limits));

        var report = Assert.Single(await ImportReport.Read(world.Open(), scene.Project.Id));
        Assert.Equal((JobState.Succeeded, 0), (report.Job.State, report.Refused));
        Assert.InRange(report.Photos, 2, PhotographFactAttribute.Most);
        foreach (var image in await world.Open().Images.ToListAsync())
        {
            var shown = Picture.Decode(Thumbnail.WebP(await world.Get<FileStore>().Read(image.ContentHash), 256));
            Assert.Equal(256, Math.Max(shown.Width, shown.Height));
            // A photograph has many colours, a flat or broken picture has few.
            Assert.True(Enumerable.Range(0, shown.Rgb.Length / 3).Select(at => (shown.Rgb[3 * at] >> 3, shown.Rgb[3 * at + 1] >> 3, shown.Rgb[3 * at + 2] >> 3)).Distinct().Count() > 50, $"{job.Id}, {image.ContentHash}");
        }
    }

    /// <summary>Needs a folder of wallpapers.</summary>
    private sealed class PhotographFactAttribute : FactAttribute
    {
        public const int Most = 40;
        private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".webp"];

        public PhotographFactAttribute() => Skip = Folder is null ? "no photographs on this machine; apt-get install mate-backgrounds brings some" : null;

        /// <summary>One that holds a few photographs and nothing else.</summary>
        public static string? Folder { get; } = new[] { "/usr/share/backgrounds", "/usr/share/wallpapers" }.Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories)).OrderByDescending(folder => Directory.GetFiles(folder).Length).ThenBy(folder => folder, StringComparer.Ordinal)
            .FirstOrDefault(folder => Directory.GetFileSystemEntries(folder) is { Length: >= 2 and <= Most } files && files.All(file => Endings.Contains(Path.GetExtension(file)) && new FileInfo(file).LinkTarget is null));
    }
}
