using System.IO.Compression;
using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Photos.Captions;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Photos;

[Collection(Databases.Collection)]
public sealed class Curated_photos_leave_and_teach(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task The_kept_labels_are_exported_with_their_captions(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Labeled(world);
        await using var db = world.Open();
        var kept = await CuratedPhoto.Kept(db, scene.Project.Id, ["Label 1", "Label 2"]);
        Assert.Equal([("a.jpg", "Label 1", 1), ("b.png", "Label 2", 1)], kept.Select(k => (k.Photo.Name, k.Label!, k.Votes)));

        using var file = new MemoryStream();
        await CuratedExport.WriteZip(kept, world.Files, file);
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        using var list = new StreamReader(zip.GetEntry("metadata.jsonl")!.Open());
        var lines = (await list.ReadToEndAsync()).Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["images/00000.jpg", "images/00001.png"], lines.Select(line => line.GetProperty("file_name").GetString()));
        Assert.Equal(["A cat before a mirror", ""], lines.Select(line => line.GetProperty("text").GetString()));
        using var stored = new MemoryStream();
        await zip.GetEntry("images/00001.png")!.Open().CopyToAsync(stored);
        Assert.Equal(PhotoScene.Png(2), stored.ToArray());

        using var csv = new StringWriter();
        await CuratedExport.WriteCsv(kept, csv);
        Assert.Contains("a.jpg,Label 1,1,A cat before a mirror,Ada,24,24,", csv.ToString());
    }

    [Theory, OnEachDatabase]
    public async Task A_fine_tuning_learns_from_described_photos_and_hands_in_an_adapter_a_label(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Labeled(world);
        var tuning = world.Get<FineTuning>();
        Assert.Contains("Label 2", (await Assert.ThrowsAsync<LabelerException>(() => tuning.Queue(scene.Project.Id, ["Label 1", "Label 2"], new()))).Message);
        Assert.Contains("Steps", (await Assert.ThrowsAsync<LabelerException>(() => tuning.Queue(scene.Project.Id, ["Label 1"], new() { Steps = 0 }))).Message);
        await Describe(world, "b.png", "A dog inside the mirror");
        await tuning.Queue(scene.Project.Id, ["Label 1", "Label 2"], new() { Steps = 3 });
        Assert.Contains("under way", (await Assert.ThrowsAsync<LabelerException>(() => tuning.Queue(scene.Project.Id, ["Label 1"], new()))).Message);

        var job = (await scene.Jobs.Claim("worker", [JobKind.FineTune]))!;
        var (manifest, open) = await tuning.Start(job);
        Assert.Equal((3, 2, 2), (manifest.Options.Steps, manifest.Photos.Count, open.Count));
        var sheets = new Dictionary<SheetSeeds, string> { [SheetSeeds.Fixed] = await world.Files.Put("sheet"u8.ToArray()) };
        await tuning.Keep(job, "Label 1", 2, await world.Files.Put("two steps"u8.ToArray()), sheets);
        await tuning.Keep(job, "Label 1", 2, await world.Files.Put("two steps again"u8.ToArray()), sheets);
        Assert.Equal(["Label 1", "Label 2"], (await tuning.Start(job)).Open);
        await tuning.Keep(job, "Label 1", 3, await world.Files.Put("adapter"u8.ToArray()), new Dictionary<SheetSeeds, string>());
        world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        var again = (await scene.Jobs.Claim("another", [JobKind.FineTune]))!;
        Assert.Equal(["Label 2"], (await tuning.Start(again)).Open);
        var late = await world.Files.Put("late"u8.ToArray());
        await Assert.ThrowsAsync<JobLostException>(() => tuning.Keep(job, "Label 2", 2, late, sheets));
        Assert.Equal([("Label 1", 2), ("Label 1", 3)], (await world.Open().Checkpoints.OrderBy(c => c.Id).ToListAsync()).Select(c => (c.Name!, c.Step!.Value)));
        Assert.Equal(1, await world.Open().TrainingSheets.CountAsync());
    }

    [Fact]
    public async Task A_photo_on_which_people_are_even_has_no_label()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        scene.Project.Change(scene.Project.Settings with { VotesPerItem = 2 });
        await using (var db = world.Open())
        {
            db.Update(scene.Project);
            await db.SaveChangesAsync();
        }
        await scene.Run(scene.Zip(("a.jpg", PhotoScene.Jpeg(1))));
        await scene.Label(_ => "Label 1");
        await scene.Label(_ => "Label 2");
        var photo = Assert.Single(await CuratedPhoto.Read(world.Open(), scene.Project.Id));
        Assert.Equal((null, 2), (photo.Label, photo.Votes));
    }

    [Fact]
    public async Task It_is_evaluated_on_a_hundred_captions_that_it_learned_from_and_fifty_that_it_did_not()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        await scene.Run(scene.Zip([.. Enumerable.Range(0, 170).Select(n => ($"{n:000}.png", new Picture(8, 8, [.. Enumerable.Repeat((byte)n, 192)]).ToPng()))]));
        await scene.Label(name => string.CompareOrdinal(name, "110") < 0 ? "Label 1" : "Label 3");
        await using var db = world.Open();
        foreach (var photo in await db.Photos.ToListAsync())
        {
            photo.Describe($"A mirror numbered {photo.Name[..3]}", "Ada", new CaptionRules(15, "mirror"), world.Now);
        }
        await db.SaveChangesAsync();
        await world.Get<FineTuning>().Queue(scene.Project.Id, ["Label 1"], new() { Steps = 3 });
        var job = (await scene.Jobs.Claim("worker", [JobKind.FineTune]))!;
        await world.Get<FineTuning>().Keep(job, "Label 1", 3, await world.Files.Put("adapter"u8.ToArray()), new Dictionary<SheetSeeds, string>());

        var captions = await ReportPreset.Captions(db, world.Files, (await db.Checkpoints.SingleAsync()).Id);

        Assert.Equal((150, 150), (captions.Count, captions.Distinct().Count()));
        Assert.All(captions.Take(100), caption => Assert.True(string.CompareOrdinal(caption[^3..], "110") < 0));
        Assert.All(captions.Skip(100), caption => Assert.True(string.CompareOrdinal(caption[^3..], "110") >= 0));
        Assert.NotEqual(captions.Take(100).Order(StringComparer.Ordinal), captions.Take(100));
        Assert.Equal(captions, await ReportPreset.Captions(db, world.Files, (await db.Checkpoints.SingleAsync()).Id));
    }

    private static async Task<PhotoScene> Labeled(World world)
    {
        var scene = await PhotoScene.In(world);
        await scene.Run(scene.Zip(("a.jpg", PhotoScene.Jpeg(1)), ("b.png", PhotoScene.Png(2)), ("c.webp", PhotoScene.WebP(3))));
        await scene.Label(name => name switch { "a.jpg" => "Label 1", "b.png" => "Label 2", _ => "Label 3" });
        await Describe(world, "a.jpg", " \"A cat before a mirror\" ");
        return scene;
    }

    private static async Task Describe(World world, string name, string caption)
    {
        await using var db = world.Open();
        (await db.Photos.SingleAsync(p => p.Name == name)).Describe(caption, "Ada", new CaptionRules(15, "mirror"), world.Now);
        await db.SaveChangesAsync();
    }
}
