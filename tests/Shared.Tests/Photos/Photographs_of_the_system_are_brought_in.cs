using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Storage;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Photos;

[Collection(Databases.Collection)]
public sealed class Photographs_of_the_system_are_brought_in(Databases databases)
{
    [Fact]
    public async Task Photographs_of_many_megapixels_become_items_with_pictures_to_show()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var limits = new ImportLimits { Root = Path.GetDirectoryName(Photographs.Folder)! };
        var scene = await PhotoScene.In(world, limits);
        await scene.Run(ImportPlace.Folder(Path.GetFileName(Photographs.Folder), world.Get<DataFolder>(), limits));

        var report = Assert.Single(await ImportReport.Read(world.Open(), scene.Project.Id));
        Assert.Equal((JobState.Succeeded, 0, Photographs.Files.Count), (report.Job.State, report.Refused, report.Photos));
        Assert.InRange(Photographs.Files.Count, 10, 40);
        foreach (var image in await world.Open().Images.ToListAsync())
        {
            Assert.True((long)image.Width * image.Height > 1_000_000, $"{image.Width} × {image.Height}");
            var shown = Picture.Decode(Thumbnail.WebP(await world.Get<FileStore>().Read(image.ContentHash), 256));
            Assert.Equal(256, Math.Max(shown.Width, shown.Height));
            // A photograph has many colours, a flat or broken picture has few.
            Assert.True(Enumerable.Range(0, shown.Rgb.Length / 3).Select(at => (shown.Rgb[3 * at] >> 3, shown.Rgb[3 * at + 1] >> 3, shown.Rgb[3 * at + 2] >> 3)).Distinct().Count() > 50, image.ContentHash);
        }
    }
}
