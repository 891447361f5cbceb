using System.IO.Compression;
using System.Text;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Photos;

/// <summary>A photo project, and zips to import into it.</summary>
internal sealed class PhotoScene(World world, Project project, ImportLimits limits)
{
    public World World => world;
    public Project Project => project;
    public PhotoImport Import => ImportBy(world.Clock);
    public JobQueue Jobs => world.Get<JobQueue>();

    public PhotoImport ImportBy(TimeProvider clock) => new(world.Contexts, world.Get<EpochCycle>(), world.Files, world.Get<DataFolder>(), limits, clock);

    public static async Task<PhotoScene> In(World world, ImportLimits? limits = null)
    {
        var settings = new ProjectSettings { Choices = [new("Label 1", "1"), new("Label 2", "2"), new("Label 3", "3")] };
        var project = Project.Create("Photos", LabelingTask.Categorise, settings, world.Now, PictureSource.Imported);
        await using var db = world.Open();
        db.Add(project);
        await db.SaveChangesAsync();
        return new(world, project, limits ?? new());
    }

    /// <summary>A picture of its own in each format.</summary>
    public static byte[] Jpeg(int mark, int side = 24) => Marked(mark, side).ToJpeg();

    public static byte[] Png(int mark, int side = 24) => Marked(mark, side).ToPng();

    public static byte[] WebP(int mark, int side = 24) => Thumbnail.WebP(Png(mark, side), side);

    public ImportPlace Zip(params (string Name, byte[] Content)[] files) => Zip(null, files);

    /// <param name="names">In which names are written; they are not marked as UTF-8, whatever it is.</param>
    public ImportPlace Zip(Encoding? names, params (string Name, byte[] Content)[] files)
    {
        var name = $"{Guid.NewGuid():N}.zip";
        // Latin-1 brings bytes through as they are.
        string Written(string file) => names is null ? file : Encoding.Latin1.GetString(names.GetBytes(file));
        using var zip = ZipFile.Open(Path.Combine(ImportPlace.Uploads(world.Get<DataFolder>()), name), ZipArchiveMode.Create, names is null ? null : Encoding.Latin1);
        foreach (var (file, content) in files)
        {
            using var entry = zip.CreateEntry(Written(file)).Open();
            entry.Write(content);
        }
        return new(name, IsZip: true, "photos.zip");
    }

    public async Task<Job> Run(ImportPlace place)
    {
        await Import.Queue(project.Id, place);
        var job = (await Jobs.Claim("web", [JobKind.Import]))!;
        await Import.Run(job, (_, _) => { });
        return job;
    }

    /// <summary>Gives every open item the label that its photo's name maps to.</summary>
    public async Task Label(Func<string, string> label)
    {
        await using var db = world.Open();
        var names = await db.Photos.ToDictionaryAsync(p => p.ImageId, p => p.Name);
        var person = Guid.NewGuid();
        while ((await world.Get<ItemQueue>().Take(project.Id, person, 16, [])).Leases is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
            {
                await world.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, person, new ChoiceVerdict(label(names[lease.Item!.FirstId!.Value]), true, true), 900, world.Now));
            }
        }
    }

    public async Task<Dictionary<string, string>> Skipped() => await world.Open().SkippedFiles.ToDictionaryAsync(f => f.Name, f => f.Reason);

    private static Picture Marked(int mark, int side)
    {
        var picture = Imaging.Pictures.Gradient(side, side);
        Array.Fill(picture.Rgb, (byte)(mark * 16), 0, 3 * side * 8);
        return picture;
    }
}
