using System.Security.Cryptography;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Microsoft.EntityFrameworkCore;
using Parquet;
using Parquet.Schema;

namespace Labeler.Shared.Tests.PreferenceSets;

/// <summary>A pair project that takes sets in, and sets made by hand.</summary>
internal sealed class IncomingScene(Scene scene)
{
    private Job? _job;

    public Scene Scene => scene;

    public SetImport Importer => new(scene.World.Contexts, scene.World.Get<EpochCycle>(), scene.World.Files, scene.World.Get<DataFolder>(), new ImportLimits(), scene.World.Clock);

    public sealed record Row(string? Prompt, byte[]? First, byte[]? Second, double? Label);

    /// <summary>A project whose model has sampled nothing yet.</summary>
    public static async Task<IncomingScene> In(World world, ProjectSettings? settings = null)
    {
        var project = Project.Create($"Incoming {Guid.NewGuid():N}", LabelingTask.PreferPair, (settings ?? new()) with { Algorithm = "diffusion-dpo" }, world.Now);
        project.UsePrompts(["a hand"]);
        await using var db = world.Open();
        db.Add(project);
        await db.SaveChangesAsync();
        return new(await Scene.Unsampled(world, project));
    }

    /// <summary>Writes a set in Pick-a-Pic's columns, ten rows a group.</summary>
    public static async Task<string> File(World world, int rows, Func<int, Row, Row> change, int first = 0)
    {
        var path = Path.Combine(world.Folder, "pairs.parquet");
        var schema = new ParquetSchema(new DataField<string>("caption"), new DataField<byte[]>("jpg_0"), new DataField<byte[]>("jpg_1"), new DataField<double?>("label_0"));
        await using var output = System.IO.File.Create(path);
        await using var file = await ParquetWriter.CreateAsync(schema, output);
        foreach (var some in Enumerable.Range(0, rows).Select(n => change(n, new Row($"prompt {n}", Picture(2 * (first + n)), Picture(2 * (first + n) + 1), n % 2))).Chunk(10))
        {
            using var group = file.CreateRowGroup();
            await group.WriteAsync(schema.DataFields[0], [.. some.Select(row => row.Prompt!)]);
            await group.WriteAsync(schema.DataFields[1], [.. some.Select(row => row.First!)]);
            await group.WriteAsync(schema.DataFields[2], [.. some.Select(row => row.Second!)]);
            await group.WriteAsync<double>(schema.DataFields[3], some.Select(row => row.Label).ToArray());
        }
        return path;
    }

    public Task<Job> Queue(string path) => Importer.Queue(scene.Project.Id, new(path, IsUpload: false, Path.GetFileName(path)));

    /// <summary>Imports, and returns what it did with the rows.</summary>
    public async Task<SetImportOrder> Import(string path)
    {
        await Queue(path);
        _job = (await scene.Jobs.Claim("web", [JobKind.ImportPairs]))!;
        await Importer.Run(_job, (_, _) => { });
        return (await scene.Read(db => db.Jobs.AsNoTracking().SingleAsync(j => j.Id == _job.Id && j.State == JobState.Succeeded))).Read<SetImportOrder>();
    }

    /// <summary>Ends the job that failed, as whoever runs it does.</summary>
    public Task GiveUp() => scene.Jobs.Fail(_job!, "it cannot be read");

    public Task<Dictionary<string, string>> Skipped() => scene.Read(db => db.SkippedFiles.ToDictionaryAsync(row => row.Name, row => row.Reason));

    public static byte[] Picture(int number)
    {
        var noise = SHA256.HashData(BitConverter.GetBytes(number));
        return new Picture(8, 8, [.. Enumerable.Range(0, 192).Select(at => (byte)(noise[at % 32] + at))]).ToPng();
    }
}
