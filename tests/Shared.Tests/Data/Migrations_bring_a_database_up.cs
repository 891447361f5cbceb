using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class Migrations_bring_a_database_up
{
    [Fact]
    public async Task A_fresh_folder_gets_a_database_with_its_roles()
    {
        await using var world = await World.Create();
        await using var db = world.Open();
        Assert.Equal(Role.All.Order(), (await db.Roles.Select(r => r.Name!).ToListAsync()).Order());
    }

    [Fact]
    public async Task What_is_written_is_read_back()
    {
        await using var world = await World.Create();
        await using (var db = world.Open())
        {
            var project = Project.Create("Hands", LabelingTask.FlagBatch, new ProjectSettings { Guidelines = "Look at the *fingers*." }, world.Now);
            project.UsePrompts(["a hand", "an open hand", "a hand"]);
            db.Add(project);
            await db.SaveChangesAsync();
        }
        await using var again = world.Open();
        var read = await again.Projects.Include(p => p.Prompts).SingleAsync();
        Assert.Equal(("hands", world.Now, 2, "Look at the *fingers*."), (read.Slug, read.CreatedAt, read.Prompts.Count, read.Settings.Guidelines));
    }
}
