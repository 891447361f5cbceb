using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Labeler.Shared.Exports;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Exports;

[Collection(Databases.Collection)]
public sealed class Votes_leave_and_come_back(Databases databases)
{
    [Fact]
    public async Task Every_vote_of_an_epoch_is_a_line()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var (person, key) = (Guid.NewGuid(), Guid.NewGuid());
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1), key);
        await scene.Box.Undo(Guid.NewGuid(), person, key);
        await scene.Vote(person, (await scene.Next(person)).ItemId, new SkipVerdict("=HYPERLINK(\"x\"), \"quoted\""));

        await using var db = world.Open();
        var csv = new StringWriter();
        await VoteExport.WriteCsv(db, scene.Epoch.Id, csv);
        var lines = csv.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(4, lines.Length);
        Assert.Contains("\"'=HYPERLINK(\"\"x\"\"), \"\"quoted\"\"\"", lines[3]);

        var json = new StringWriter();
        await VoteExport.WriteJsonLines(db, scene.Epoch.Id, json);
        var kinds = json.ToString().TrimEnd().Split(Environment.NewLine).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString());
        Assert.Equal(["judgement", "undo", "skip"], kinds);
    }

    [Fact]
    public async Task Pairs_name_both_images()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(3));
        var manifest = (await scene.Cycle.DryRun(scene.Epoch.Id)).Manifest;
        var (csv, json) = (new StringWriter(), new StringWriter());
        await PairExport.WriteCsv(manifest, csv);
        await PairExport.WriteJsonLines(manifest, json);
        Assert.Equal((7, 6), (csv.ToString().TrimEnd().Split(Environment.NewLine).Length, json.ToString().TrimEnd().Split(Environment.NewLine).Length));
        Assert.Contains(manifest.Groups[0].Images[3], csv.ToString());
    }

    [Fact]
    public async Task D3POs_label_files_hold_the_complete_groups_one_file_per_rater()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 3, settings: new ProjectSettings { VotesPerItem = 2 });
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        await scene.VoteAll(first, _ => Scene.Flag(0, 1));
        await scene.Vote(second, (await scene.Next(second)).ItemId, Scene.Flag(0));
        await scene.Vote(second, (await scene.Next(second)).ItemId, new FlagVerdict([.. Scene.Flag().Tiles.Select(t => t with { Displayed = t.Index > 0 })]));

        await using var db = world.Open();
        using var file = new MemoryStream();
        Assert.Equal((1, 2), await D3poLabels.Write(db, world.Files, scene.Epoch.Id, file));
        using var zip = new ZipArchive(file);
        Assert.Equal(["a hand"], Json<string[]>(zip, "prompt.json"));
        Assert.Equal([-1, -1, 0, 0, 0, 0, 0], Assert.Single(Json<int[][]>(zip, "labels/rater1.json")));
        Assert.Equal([-1, 0, 0, 0, 0, 0, 0], Assert.Single(Json<int[][]>(zip, "labels/rater2.json")));
        Assert.Equal(7, zip.Entries.Count(e => e.FullName.StartsWith("images/", StringComparison.Ordinal)));
        Assert.NotNull(zip.GetEntry("images/00006.png"));
    }

    [Fact]
    public async Task A_label_file_comes_in_as_votes_once()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        const string labels = "[[-1,0,0,0,0,0,0],[0,-1,-1,0,0,0,0]]";
        Assert.Equal(2, await Import(world, scene, labels));
        Assert.Equal(0, await Import(world, scene, labels));
        Assert.Equal(6 + 10, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
        Assert.Equal("import ann", await scene.Read(db => db.Users.Select(a => a.DisplayName).SingleAsync()));
    }

    [Theory]
    [InlineData("[[-1,0,0,0,0,0,0]]", "has 1 lists")]
    [InlineData("[[-1,0,0,0,0,0,0],[0,0]]", "list 1 must hold 7")]
    [InlineData("[[-1,0,0,0,0,0,0],[0,1,0,0,0,0,0]]", "each −1 or 0")]
    [InlineData("[[-1,0,0", "is not a list of lists")]
    [InlineData("{}", "is not a list of lists")]
    public async Task A_label_file_that_does_not_fit_is_refused_whole(string labels, string reason)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var error = await Assert.ThrowsAsync<LabelerException>(() => Import(world, scene, labels));
        Assert.Contains(reason, error.Message);
        Assert.Equal(0, await scene.Read(db => db.Votes.CountAsync()));
    }

    private static async Task<int> Import(World world, Scene scene, string labels) =>
        await D3poLabelImport.Read(world.Contexts, scene.Epoch.Id, "ann.json", new MemoryStream(Encoding.UTF8.GetBytes(labels)), world.Now);

    private static T Json<T>(ZipArchive zip, string name)
    {
        using var entry = zip.GetEntry(name)!.Open();
        return JsonSerializer.Deserialize<T>(entry)!;
    }
}
