using Labeler.Shared.Jobs;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Parquet;
using Parquet.Schema;

namespace Labeler.Shared.Tests.PreferenceSets;

[Collection(Databases.Collection)]
public sealed class Preference_sets_come_back(Databases databases)
{
    public static TheoryData<string> Formats => [.. SetFormat.All.Select(format => format.Name)];

    [Theory, MemberData(nameof(Formats))]
    public async Task What_was_preferred_is_preferred_after_export_and_import(string format)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var from = await SetScene.Doubted(world);
        // Pick-a-Pic has no columns for how sure people were, and how many.
        var backed = format != SetFormat.PickAPic.Name;
        var (path, _) = await from.Exported(SetFormat.Named(format));
        var to = await IncomingScene.In(world);
        var order = await to.Import(path);
        Assert.Equal((4L, 4L, 0L, 0L, 0L), (order.Done, order.Taken, order.Unlabeled, order.Duplicates, order.Refused));
        var preferred = await SetScene.Preferences(from.Scene, backed);
        Assert.Equal(backed ? 2 : 0, preferred.Count(one => one.EndsWith(", 0.6666666666666667 of 3", StringComparison.Ordinal)));
        Assert.Equal(preferred, await SetScene.Preferences(to.Scene, backed));
        // And once more by the same way: nothing is lost on any way out.
        var (again, _) = await new SetScene(to.Scene).Exported(SetFormat.Named(format));
        var third = await IncomingScene.In(world);
        await third.Import(again);
        Assert.Equal(preferred, await SetScene.Preferences(third.Scene, backed));
    }

    [Theory, OnEachDatabase]
    public async Task What_many_said_elsewhere_weighs_against_what_is_said_here(string database)
    {
        await using var world = await databases.World(database);
        var path = Path.Combine(world.Folder, "said.jsonl");
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, 3).Select(n => Line(n, n == 2 ? null : n == 0 ? 0.5 : 1, n == 2 ? null : n == 0 ? 4 : 1)));
        var to = await IncomingScene.In(world, new() { VotesPerItem = 2 });
        Assert.Equal(3L, (await to.Import(path)).Taken);
        await to.Scene.VoteAll(Guid.NewGuid(), lease => new PairVerdict(lease.FirstOnLeft ? PairPick.Right : PairPick.Left, lease.FirstOnLeft, true, true));
        // Four who were sure by half against one; of one against one, and of one who does not say it, nothing follows.
        Assert.EndsWith(", 0.2 of 5", Assert.Single(await SetScene.Preferences(to.Scene, backed: true)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.5", "2", "its weight is 1.5; above 0 to 1 is expected")]
    [InlineData("0", "2", "its weight is 0; above 0 to 1 is expected")]
    [InlineData("\"sure\"", "2", "its weight is NaN; above 0 to 1 is expected")]
    [InlineData("1", "0", "its number of votes is 0; a whole number from 1 to 1,000,000 is expected")]
    [InlineData("1", "2.5", "its number of votes is 2.5; a whole number from 1 to 1,000,000 is expected")]
    [InlineData("1", "1e300", "its number of votes is 1E+300; a whole number from 1 to 1,000,000 is expected")]
    public async Task A_weight_or_a_number_of_votes_that_is_none_is_refused_with_a_reason(string weight, string votes, string reason)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var path = Path.Combine(world.Folder, "said.jsonl");
        await File.WriteAllLinesAsync(path, [Line(0, weight, votes), Line(1, 1, 1)]);
        var to = await IncomingScene.In(world);
        Assert.Equal((1L, 1L), (await to.Import(path)) is var order ? (order.Taken, order.Refused) : default);
        Assert.Equal(reason, Assert.Single(await to.Skipped()).Value);
    }

    [Theory, OnEachDatabase]
    public async Task The_same_set_again_adds_nothing_and_says_so(string database)
    {
        await using var world = await databases.World(database);
        var (path, _) = await (await SetScene.Judged(world)).Exported(SetFormat.PickAPic);
        var to = await IncomingScene.In(world);
        await to.Import(path);
        var again = await to.Import(path);
        Assert.Equal((4L, 0L, 4L), (again.Done, again.Taken, again.Duplicates));
        Assert.Equal(4, await to.Scene.Read(db => db.Votes.CountAsync(v => v.ProjectId == to.Scene.Project.Id)));
        Assert.Equal("the project has the same pair already", (await to.Skipped())[$"{Path.GetFileName(path)}, row 1"]);
    }

    [Fact]
    public async Task An_import_that_was_stopped_goes_on_where_it_was()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var path = await IncomingScene.File(world, rows: 100, (n, row) => row);
        var to = await IncomingScene.In(world);
        await to.Queue(path);
        using var stop = new CancellationTokenSource();
        var job = (await to.Scene.Jobs.Claim("web", [JobKind.ImportPairs]))!;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => to.Importer.Run(job, (_, _) => { }, stop.Token, stop.Cancel));
        Assert.Equal(32, await to.Scene.Read(db => db.Groups.CountAsync(g => g.ProjectId == to.Scene.Project.Id)));
        await to.Scene.Jobs.GiveBack(job);

        var seen = new List<long>();
        job = (await to.Scene.Jobs.Claim("web", [JobKind.ImportPairs]))!;
        await to.Importer.Run(job, (at, of) => seen.Add(at * 1000 + of!.Value));
        Assert.Equal((33_100, 100_100), (seen[0], seen[^1]));
        Assert.Equal(100, await to.Scene.Read(db => db.Groups.CountAsync(g => g.ProjectId == to.Scene.Project.Id)));
        var order = (await to.Scene.Read(db => db.Jobs.AsNoTracking().SingleAsync(j => j.Id == job.Id))).Read<SetImportOrder>();
        Assert.Equal((100L, 100L, 0L), (order.Done, order.Taken, order.Duplicates));
    }

    [Fact]
    public async Task Pairs_that_nobody_judged_wait_in_the_queue_and_teach_when_somebody_does()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var path = await IncomingScene.File(world, rows: 3, (n, row) => row with { Label = n == 0 ? 0 : n == 1 ? 0.5 : null });
        var to = await IncomingScene.In(world);
        var order = await to.Import(path);
        Assert.Equal((3L, 1L), (order.Taken, order.Unlabeled));
        // The first was judged, the second is a tie, which teaches nothing.
        Assert.Single(await SetScene.Preferences(to.Scene));
        var person = Guid.NewGuid();
        var lease = Assert.Single((await to.Scene.Queue.Take(to.Scene.Project.Id, person, 16, [])).Leases);
        await to.Scene.Vote(person, lease.ItemId, new PairVerdict(PairPick.Left, lease.FirstOnLeft, true, true));
        Assert.Equal(2, (await SetScene.Preferences(to.Scene)).Length);
        Assert.Equal("import pairs", await to.Scene.Read(db => db.Users.Select(a => a.DisplayName).SingleAsync()));
    }

    [Fact]
    public async Task Rows_that_cannot_be_used_are_refused_with_a_reason_and_the_others_come_in()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var path = await IncomingScene.File(world, rows: 8, (n, row) => n switch
        {
            0 => row with { First = "no picture at all"u8.ToArray() },
            1 => row with { First = row.First![..60] },
            2 => row with { Prompt = null },
            3 => row with { Second = null },
            4 => row with { Second = row.First },
            5 => row with { Label = 7 },
            6 => row with { Prompt = new string('x', 3000) },
            _ => row,
        });
        var to = await IncomingScene.In(world);
        var order = await to.Import(path);
        Assert.Equal((8L, 1L, 7L), (order.Done, order.Taken, order.Refused));
        var skipped = (await to.Skipped()).ToDictionary(one => int.Parse(one.Key.Split(' ')[^1]), one => one.Value);
        Assert.Equal("jpg_0: it holds no picture", skipped[1]);
        Assert.StartsWith("jpg_0: ", skipped[2]);
        Assert.Equal("it has no prompt", skipped[3]);
        Assert.Equal("jpg_1 is empty: the pictures themselves are needed, not their addresses", skipped[4]);
        Assert.Equal("both pictures are the same", skipped[5]);
        Assert.Equal("its label is 7; 0 to 1 is expected", skipped[6]);
        Assert.Equal("its prompt has 3,000 characters; 1 to 2,000 are expected", skipped[7]);
    }

    [Fact]
    public async Task A_truncated_file_is_one_clear_line()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var path = await IncomingScene.File(world, rows: 3, (_, row) => row);
        var whole = await File.ReadAllBytesAsync(path);
        foreach (var length in new[] { 0, 3, 4, 12, whole.Length / 2, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(path, whole[..length]);
            Assert.StartsWith("pairs.parquet cannot be read: it is truncated, damaged or no Parquet file", await Refused(world, path));
        }
    }

    [Fact]
    public async Task A_damaged_file_is_one_clear_line_and_never_a_crash()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var path = await IncomingScene.File(world, rows: 3, (_, row) => row);
        var whole = await File.ReadAllBytesAsync(path);
        var random = new Random(7);
        for (var n = 0; n < 40; n++)
        {
            var damaged = whole.ToArray();
            for (var bytes = 0; bytes < 20; bytes++)
            {
                damaged[random.Next(4, damaged.Length)] = (byte)random.Next(256);
            }
            await File.WriteAllBytesAsync(path, damaged);
            var to = await IncomingScene.In(world);
            try
            {
                var order = await to.Import(path);
                Assert.Equal(order.Done, order.Taken + order.Refused + order.Duplicates);
            }
            catch (LabelerException error)
            {
                Assert.DoesNotContain('\n', error.Message);
                await to.GiveUp();
            }
        }
    }

    [Fact]
    public async Task Other_columns_and_nested_ones_are_named()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var path = Path.Combine(world.Folder, "pairs.parquet");
        await Write(path, new ParquetSchema(new DataField<string>("text"), new DataField<int>("score")));
        Assert.Equal("pairs.parquet has neither the columns caption, jpg_0, jpg_1 and label_0 of Pick-a-Pic nor prompt, chosen and rejected; it has text, score.", await Refused(world, path));
        await Write(path, new ParquetSchema(new StructField("caption", new DataField<string>("en")), new DataField<byte[]>("jpg_0"), new DataField<byte[]>("jpg_1"), new DataField<double>("label_0")));
        Assert.Equal("The column caption of pairs.parquet is nested (Struct); a plain one is expected.", await Refused(world, path));
        await Write(path, new ParquetSchema(new DataField<string>("caption"), new ListField("jpg_0", new DataField<byte[]>("element")), new DataField<byte[]>("jpg_1"), new DataField<double>("label_0")));
        Assert.Equal("The column jpg_0 of pairs.parquet is nested (List); a plain one is expected.", await Refused(world, path));
        await Write(path, new ParquetSchema(new DataField<string>("caption"), new DataField<string>("jpg_0"), new DataField<byte[]>("jpg_1"), new DataField<double>("label_0")));
        Assert.Equal("The column jpg_0 of pairs.parquet holds text; bytes is expected.", await Refused(world, path));
        await Write(path, new ParquetSchema(new DataField<string>("caption"), new DataField<byte[]>("jpg_0"), new DataField<byte[]>("jpg_1")));
        Assert.Equal("pairs.parquet has no column label_0.", await Refused(world, path));
    }

    [Fact]
    public async Task Only_a_project_that_compares_pairs_takes_a_set()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        var error = await Assert.ThrowsAsync<LabelerException>(() => new IncomingScene(scene).Importer.Queue(scene.Project.Id, new("x", false, "x")));
        Assert.StartsWith("Project FlagBatch does not compare pairs", error.Message);
    }

    [Fact]
    public async Task A_set_of_several_files_in_a_folder_comes_in_file_by_file()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var folder = Directory.CreateDirectory(Path.Combine(world.Folder, "set", "data"));
        for (var n = 0; n < 3; n++)
        {
            File.Move(await IncomingScene.File(world, rows: 20, (_, row) => row, first: n * 20), Path.Combine(folder.FullName, $"train-{n}.parquet"));
        }
        var to = await IncomingScene.In(world);
        var order = await to.Import(folder.Parent!.FullName);
        Assert.Equal((60L, 60L), (order.Done, order.Taken));
    }

    // Of JSON lines, whose first picture won.
    private static string Line(int number, object? weight, object? votes) => FormattableString.Invariant(
        $$"""{"prompt": "p", "chosen": "{{Inside(2 * number)}}", "rejected": "{{Inside(2 * number + 1)}}", "weight": {{weight ?? "null"}}, "votes": {{votes ?? "null"}}}""");

    private static string Inside(int picture) => $"data:image/png;base64,{Convert.ToBase64String(IncomingScene.Picture(picture))}";

    private static async Task<string> Refused(World world, string path)
    {
        var to = await IncomingScene.In(world);
        var error = await Assert.ThrowsAsync<LabelerException>(() => to.Import(path));
        await to.GiveUp();
        return error.Message;
    }

    private static async Task Write(string path, ParquetSchema schema)
    {
        await using var output = File.Create(path);
        await using var _ = await ParquetWriter.CreateAsync(schema, output);
    }
}
