using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Members;

/// <summary>Projects that are open to their members alone, and people who become such.</summary>
internal static class ClosedProject
{
    public static async Task<SeededProject> Closed(this WebHost host, string name)
    {
        var seeded = await host.Seed(name, groups: 2);
        await host.With<LabelerDb, int>(db => db.Projects.Where(p => p.Id == seeded.Project.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.IsOpenToAll, false)));
        return seeded;
    }

    public static Task<Guid> IdOf(this WebHost host, string name) => host.With<LabelerDb, Guid>(db => db.Users.Where(a => a.DisplayName == name).Select(a => a.Id).SingleAsync());

    public static async Task Put(this WebHost host, long project, string name, ProjectRole role)
    {
        var account = await host.IdOf(name);
        await host.With<LabelerDb, int>(async db =>
        {
            await Member.Put(db, project, account, role, null, DateTimeOffset.UtcNow);
            return await db.SaveChangesAsync();
        });
    }
}
