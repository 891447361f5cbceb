using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Labeler.Shared.Jobs;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.Storage;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using ParquetSharp;

namespace Labeler.Shared.Tests.PreferenceSets;

[Collection(Databases.Collection)]
public sealed class Preference_sets_leave(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Pick_a_Pic_s_columns_are_read_by_another_library(string database)
    {
        await using var world = await databases.World(database);
        var scene = await SetScene.Judged(world);
        var (path, file) = await scene.Exported(SetFormat.PickAPic);
        Assert.Equal((ContentHash.OfFile(path), new FileInfo(path).Length, 4L, 1), (file.Hash, file.Bytes, file.Pairs, file.People));
        Assert.Equal("project-flagbatch-pick-a-pic.parquet", file.Name);

        using var parquet = new ParquetFileReader(path);
        Assert.Equal(
            "are_different best_image_uid caption created_at has_label image_0_uid image_0_url image_1_uid image_1_url jpg_0 jpg_1 label_0 label_1 model_0 model_1 ranking_id user_id num_example_per_prompt __index_level_0__",
            string.Join(' ', Enumerable.Range(0, parquet.FileMetaData.NumColumns).Select(n => parquet.FileMetaData.Schema.Column(n).Name)));
        Assert.Contains("\"jpg_0\": {\"dtype\": \"binary\"", parquet.FileMetaData.KeyValueMetadata["huggingface"]);
        using var rows = parquet.RowGroup(0);
        var (captions, first, second, best) = (Column<string>(rows, "caption"), Column<byte[]>(rows, "jpg_0"), Column<byte[]>(rows, "jpg_1"), Column<string>(rows, "best_image_uid"));
        var (label0, label1, uid0, uid1) = (Column<double>(rows, "label_0"), Column<double>(rows, "label_1"), Column<string>(rows, "image_0_uid"), Column<string>(rows, "image_1_uid"));
        Assert.Equal([1.0, 1, 1, 1], label0.Zip(label1, (a, b) => a + b));
        Assert.Contains(0.0, label0);
        Assert.Equal(best, Enumerable.Range(0, 4).Select(n => label0[n] == 1 ? uid0[n] : uid1[n]));
        Assert.Equal(await SetScene.Preferences(scene.Scene), Enumerable.Range(0, 4).Select(n =>
        {
            var (winner, loser) = label0[n] == 1 ? (first[n], second[n]) : (second[n], first[n]);
            return $"{captions[n]}: {SetScene.PixelsOf(winner)} > {SetScene.PixelsOf(loser)}";
        }).Order(StringComparer.Ordinal));
        Assert.Equal([4L, 4, 4, 4], Column<long>(rows, "num_example_per_prompt"));
        Assert.Equal([1L, 1, 1, 1], Column<long?>(rows, "user_id").OfType<long>());
        Assert.Equal([true, true, true, true], Column<bool>(rows, "are_different").Zip(Column<bool>(rows, "has_label"), (a, b) => a && b));
        Assert.Equal(world.Now.UtcDateTime, Column<DateTimeNanos>(rows, "created_at")[0].DateTime);
    }

    [Fact]
    public async Task Hugging_Face_s_columns_are_read_by_another_library()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await SetScene.Doubted(world);
        var (path, _) = await scene.Exported(SetFormat.Named("hugging-face"));
        using var parquet = new ParquetFileReader(path);
        using var rows = parquet.RowGroup(0);
        var columns = Enumerable.Range(0, parquet.FileMetaData.NumColumns).ToDictionary(n => parquet.FileMetaData.Schema.Column(n).Path.ToDotString());
        Assert.Equal("chosen.bytes chosen.path model prompt rejected.bytes rejected.path votes weight", string.Join(' ', columns.Keys.Order(StringComparer.Ordinal)));
        var (prompts, weights, votes) = (Column<string>(rows, "prompt"), Column<double>(rows, "weight"), Column<long>(rows, "votes"));
        var (chosen, rejected) = (Bytes("chosen.bytes"), Bytes("rejected.bytes"));
        Assert.Equal(await SetScene.Preferences(scene.Scene, backed: true), prompts.Select((prompt, n) => FormattableString.Invariant(
            $"{prompt}: {SetScene.PixelsOf(chosen[n])} > {SetScene.PixelsOf(rejected[n])}, {weights[n]} of {votes[n]}")).Order(StringComparer.Ordinal));

        byte[][] Bytes(string column)
        {
            using var reader = rows.Column(columns[column]).LogicalReader<Nested<byte[]>?>();
            return [.. reader.ReadAll((int)rows.MetaData.NumRows).Select(cell => cell!.Value.Value)];
        }
    }

    [PythonFact]
    public async Task Lists_of_preferences_are_read_by_Python_s_own_library()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await SetScene.Doubted(world);
        var folder = Directory.CreateTempSubdirectory("labeler-").FullName;
        foreach (var name in new[] { "json-lines", "image-folder", "csv" })
        {
            File.Copy((await scene.Exported(SetFormat.Named(name))).Path, Path.Combine(folder, name));
        }
        var read = await Python.Run("""
            import base64, csv, io, json, zipfile
            def told(kind, row, chosen, rejected):
                print(kind, row["prompt"], base64.b64encode(chosen).decode(), base64.b64encode(rejected).decode(), row["weight"], row["votes"], sep="\t")
            for line in open("json-lines", encoding="utf-8"):
                row = json.loads(line)
                told("json-lines", row, *(base64.b64decode(row[side].split(",")[1]) for side in ("chosen", "rejected")))
            with zipfile.ZipFile("image-folder") as folder:
                for line in folder.read("metadata.jsonl").decode("utf-8").splitlines():
                    row = json.loads(line)
                    told("image-folder", row, folder.read(row["chosen_file_name"]), folder.read(row["rejected_file_name"]))
            with zipfile.ZipFile("csv") as folder:
                for row in csv.DictReader(io.StringIO(folder.read("preferences.csv").decode("utf-8-sig"))):
                    told("csv", row, folder.read(row["chosen"]), folder.read(row["rejected"]))
            """, folder);
        Directory.Delete(folder, recursive: true);
        var rows = read.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).GroupBy(row => row[0]).ToList();
        Assert.Equal(["json-lines", "image-folder", "csv"], rows.Select(of => of.Key));
        var preferred = await SetScene.Preferences(scene.Scene, backed: true);
        Assert.All(rows, of => Assert.Equal(preferred, of.Select(row => FormattableString.Invariant(
            $"{row[1]}: {Pixels(row[2])} > {Pixels(row[3])}, {double.Parse(row[4], CultureInfo.InvariantCulture)} of {row[5]}")).Order(StringComparer.Ordinal)));

        static string Pixels(string picture) => SetScene.PixelsOf(Convert.FromBase64String(picture));
    }

    [Fact]
    public async Task Label_Studio_and_Argilla_find_all_the_files_and_names_that_they_look_for()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await SetScene.Judged(world);
        using (var zip = ZipFile.OpenRead((await scene.Exported(SetFormat.Named("label-studio"))).Path))
        {
            var objects = XDocument.Parse(Text(zip, "config.xml")).Descendants("Image").Select(image => image.Attribute("name")!.Value).ToList();
            var tasks = JsonNode.Parse(Text(zip, "tasks.json"))!.AsArray();
            Assert.Equal(4, tasks.Count);
            Assert.All(tasks, task => Assert.Contains((string)task!["annotations"]![0]!["result"]![0]!["to_name"]!, objects));
            Assert.All(tasks, task => Assert.NotNull(zip.GetEntry(((string)task!["data"]!["image1"]!).Split("?d=")[1])));
        }
        using (var zip = ZipFile.OpenRead((await scene.Exported(SetFormat.Named("argilla"))).Path))
        {
            Assert.Equal("project-flagbatch-preferences", (string)JsonNode.Parse(Text(zip, ".argilla/dataset.json"))!["name"]!);
            var settings = JsonNode.Parse(Text(zip, ".argilla/settings.json"))!;
            var fields = settings["fields"]!.AsArray().Select(field => (string)field!["name"]!).Order();
            Assert.All(JsonNode.Parse(Text(zip, "records.json"))!.AsArray(), record => Assert.Equal(fields, record!["fields"]!.AsObject().Select(field => field.Key).Order()));
        }

        static string Text(ZipArchive zip, string name)
        {
            using var reader = new StreamReader(zip.GetEntry(name)!.Open());
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public async Task Without_a_preference_an_export_says_so_and_leaves_no_file()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = new SetScene(await Scene.Sampled(world, groups: 1));
        await scene.Export.Queue(scene.Scene.Project.Id, SetFormat.PickAPic.Name);
        var job = (await scene.Scene.Jobs.Claim("web", [JobKind.Export]))!;
        var error = await Assert.ThrowsAsync<LabelerException>(() => scene.Export.Run(job, (_, _) => { }));
        Assert.StartsWith("There is no preference yet", error.Message);
        Assert.Empty(Directory.GetFiles(Path.Combine(world.Folder, "exports")));
    }

    [Fact]
    public async Task An_export_that_was_called_off_leaves_no_file()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await SetScene.Judged(world);
        await scene.Export.Queue(scene.Scene.Project.Id, SetFormat.PickAPic.Name);
        var job = (await scene.Scene.Jobs.Claim("web", [JobKind.Export]))!;
        await using (var db = world.Open())
        {
            (await db.Jobs.SingleAsync(j => j.Id == job.Id)).Cancel(world.Now);
            await db.SaveChangesAsync();
        }
        await Assert.ThrowsAsync<JobLostException>(() => scene.Export.Run(job, (_, _) => { }));
        Assert.Empty(Directory.GetFiles(Path.Combine(world.Folder, "exports")));
        Assert.Null((await scene.Scene.Read(db => db.Jobs.AsNoTracking().SingleAsync(j => j.Id == job.Id))).Read<SetExportOrder>().File);
    }

    [Fact]
    public async Task Many_pairs_are_several_row_groups()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 20);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0, 1, 2));
        var (path, file) = await new SetScene(scene).Exported(SetFormat.PickAPic);
        using var parquet = new ParquetFileReader(path);
        Assert.Equal((240L, 3, 240L), (file.Pairs, parquet.FileMetaData.NumRowGroups, parquet.FileMetaData.NumRows));
        using var last = parquet.RowGroup(2);
        Assert.Equal(239, Column<long>(last, "ranking_id")[^1]);
    }

    private static T[] Column<T>(RowGroupReader rows, string name)
    {
        var at = Enumerable.Range(0, rows.MetaData.NumColumns).First(n => rows.MetaData.Schema.Column(n).Name == name);
        using var column = rows.Column(at).LogicalReader<T>();
        return column.ReadAll((int)rows.MetaData.NumRows);
    }
}
