using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Browser.Tests;

/// <summary>The example of docs/api.md as it stands there, run by Python against the application and its trainer.</summary>
[Collection(nameof(OwnServer))]
public sealed class PythonExampleTests
{
    private const string Constants = """BASE, KEY, PROJECT = "http://127.0.0.1:5080/api/v1", "lblr_…", 1""";

    [PythonFact]
    public async Task The_documented_program_labels_trains_and_downloads_the_adapter()
    {
        await using var server = await LabelerServer.Start();
        await using var data = new OpenedData(server.Data);
        var project = await SampledProject.Start(data, "Labeled in Python", groups: 2, passes: 1, steps: 4);
        var first = await project.Reaches(1, EpochState.Labeling);
        var key = await KeyOf(data);
        var example = Example();
        Assert.Contains(Constants, example);

        await Python.Run(example.Replace(Constants, $"""BASE, KEY, PROJECT = "{server.Address}/api/v1", "{key}", {project.Project.Id}"""), server.Data);

        var votes = await data.Read(db => db.Votes.AsNoTracking().Where(v => v.ProjectId == project.Project.Id).ToListAsync());
        Assert.Equal(2, votes.Select(v => v.ItemId).Distinct().Count());
        Assert.All(votes, v => Assert.Equal([(0, FlagKinds.Deformed)], ((FlagVerdict)v.Verdict!).Tiles.Where(t => t.Flags != FlagKinds.None).Select(t => (t.Index, t.Flags))));
        var checkpoint = await data.Read(db => db.Checkpoints.SingleAsync(c => c.EpochId == first.Id));
        Assert.Equal(checkpoint.WeightsHash, ContentHash.OfFile(Path.Combine(server.Data, "adapter.safetensors")));
    }

    /// <summary>The block of Python on the page.</summary>
    private static string Example()
    {
        var page = File.ReadAllText(Repository.At("docs", "api.md"));
        return Assert.Single(page.Split("```python\n")[1..]).Split("```")[0];
    }

    private static async Task<string> KeyOf(OpenedData data)
    {
        await using var db = await data.Open();
        var admin = new Account("python", "Python", DateTimeOffset.UtcNow);
        db.Users.Add(admin);
        await db.SaveChangesAsync();
        var role = await db.Roles.Where(r => r.Name == Role.Admin).Select(r => r.Id).SingleAsync();
        db.UserRoles.Add(new() { UserId = admin.Id, RoleId = role });
        var made = await AccessToken.Make(db, admin.Id, "the example", TokenScope.Admin, [], 1, DateTimeOffset.UtcNow);
        await db.SaveChangesAsync();
        return made.Key;
    }
}
