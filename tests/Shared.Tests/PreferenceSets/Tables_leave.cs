using Labeler.Shared.Data;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using ParquetSharp;

namespace Labeler.Shared.Tests.PreferenceSets;

[Collection(Databases.Collection)]
public sealed class Tables_leave(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Votes_are_read_by_another_library_as_they_were_cast(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3, LabelingTask.PreferPair, new ProjectSettings { GroupSize = 2 });
        var (one, other, key) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await scene.Vote(one, (await scene.Next(one)).ItemId, new PairVerdict(PairPick.Right, FirstOnLeft: true, Displayed: true, Unblurred: true), key);
        await scene.Box.Reopen(Guid.NewGuid(), one, key, "a slip, \"quoted\"");
        await scene.Vote(other, (await scene.Next(other)).ItemId, new SkipVerdict("unclear"));
        world.Clock.Advance(TimeSpan.FromMilliseconds(1234));
        await scene.VoteAll(other, _ => new PairVerdict(PairPick.Tie, FirstOnLeft: true, Displayed: true, Unblurred: true));
        var votes = await scene.Read(db => db.Votes.AsNoTracking().Include(v => v.Item!.First).Include(v => v.Item!.Second).Include(v => v.Item!.Group).OrderBy(v => v.Id).ToListAsync());

        var (path, file) = await new SetScene(scene).Exported(SetFormat.Named("votes"));
        Assert.Equal(("project-preferpair-votes.parquet", votes.Count, 2), (file.Name, (int)file.Pairs, file.People));
        using var parquet = new ParquetFileReader(path);
        Assert.Equal(
            "vote kind epoch item group prompt first second person verdict seen flagged deformed unsafe choice score reason duration_ms client_time at surplus taken_back_by quarantine check checks weight voters",
            string.Join(' ', Enumerable.Range(0, parquet.FileMetaData.NumColumns).Select(n => parquet.FileMetaData.Schema.Column(n).Name)));
        using var rows = parquet.RowGroup(0);
        Assert.Equal(votes.Select(v => v.Id), Column<long>(rows, "vote"));
        Assert.Equal(votes.Select(v => v.Kind.ToString().ToLowerInvariant()), Column<string>(rows, "kind"));
        Assert.Equal(votes.Select(v => (v.ItemId, v.Item!.GroupId, v.Item.Group!.Prompt)), Column<long>(rows, "item").Zip(Column<long>(rows, "group"), Column<string>(rows, "prompt")));
        Assert.Equal(votes.Select(v => (v.Item!.First!.ContentHash, v.Item.Second!.ContentHash)), Column<string>(rows, "first").Zip(Column<string>(rows, "second")));
        Assert.Equal(votes.Select(v => v.Verdict), Column<string?>(rows, "verdict").Select(text => text is null ? null : JsonText.Read<Verdict>(text)));
        Assert.Equal(votes.Select(v => v.AnnotatorId == one ? 1 : 2), Column<int>(rows, "person"));
        Assert.Equal(votes.Select(v => (v.Choice, v.Reason)), Column<string?>(rows, "choice").Zip(Column<string?>(rows, "reason")));
        Assert.Equal(votes.Select(v => v.SupersededById), Column<long?>(rows, "taken_back_by"));
        Assert.Equal(votes.Select(v => v.At.UtcDateTime), Column<DateTime>(rows, "at"));
        Assert.Equal(votes.Select(v => v.ClientTime?.UtcDateTime), Column<DateTime?>(rows, "client_time"));
        Assert.Equal(votes.Select(v => (v.DurationMs, v.Seen, v.Surplus)), Column<int>(rows, "duration_ms").Zip(Column<int>(rows, "seen"), Column<bool>(rows, "surplus")));
        Assert.Equal(votes.Select(v => v.Score), Column<double?>(rows, "score"));
    }

    [Fact]
    public async Task Prompts_and_pictures_are_read_by_another_library()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await SetScene.Judged(world);
        var (path, _) = await scene.Exported(SetFormat.Named("prompts"));
        using (var parquet = new ParquetFileReader(path))
        {
            using var rows = parquet.RowGroup(0);
            Assert.Equal([("a hand", "training", 2), ("an open hand", "training", 0)], Column<string>(rows, "prompt").Zip(Column<string>(rows, "use"), Column<int>(rows, "groups")));
        }
        (path, var file) = await scene.Exported(SetFormat.Named("pictures"));
        using var pictures = new ParquetFileReader(path);
        using var first = pictures.RowGroup(0);
        var images = await scene.Scene.Read(db => db.Images.AsNoTracking().OrderBy(i => i.GroupId).ThenBy(i => i.Index).ToListAsync());
        Assert.Equal((6L, 0), (file.Pairs, file.People));
        Assert.Equal(images.Select(i => (i.ContentHash, i.GroupId, i.Index)), Column<string>(first, "picture").Zip(Column<long>(first, "group"), Column<int>(first, "index")));
        var pixels = await Task.WhenAll(images.Select(async i => SetScene.PixelsOf(await world.Files.Read(i.ContentHash))));
        Assert.Equal(pixels, Column<byte[]>(first, "image").Select(SetScene.PixelsOf));
    }

    [Fact]
    public async Task More_rows_than_a_row_group_holds_are_several_and_none_is_lost()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var project = Project.Create("Many prompts", LabelingTask.FlagBatch, new(), world.Now);
        project.UsePrompts(Enumerable.Range(0, 25_001).Select(n => $"prompt {n}"));
        await using (var db = world.Open())
        {
            db.Add(project);
            await db.SaveChangesAsync();
        }
        var (path, file) = await new SetScene(await Scene.Unsampled(world, project)).Exported(SetFormat.Named("prompts"));
        using var parquet = new ParquetFileReader(path);
        Assert.Equal((25_001L, 3, 25_001L), (file.Pairs, parquet.FileMetaData.NumRowGroups, parquet.FileMetaData.NumRows));
        using var last = parquet.RowGroup(2);
        Assert.Equal("prompt 25000", Column<string>(last, "prompt")[^1]);
    }

    private static T[] Column<T>(RowGroupReader rows, string name)
    {
        var at = Enumerable.Range(0, rows.MetaData.NumColumns).First(n => rows.MetaData.Schema.Column(n).Name == name);
        using var column = rows.Column(at).LogicalReader<T>();
        return column.ReadAll((int)rows.MetaData.NumRows);
    }
}
