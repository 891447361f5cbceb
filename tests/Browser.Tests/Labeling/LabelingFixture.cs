using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests.Labeling;

/// <summary>A class of tests in the common server; every test has a project, and where it matters people, of its own in it.</summary>
public sealed class LabelingFixture(Browsing browsing) : IAsyncLifetime
{
    private readonly List<SeededProject> _seeded = [];
    private CommonServer _common = null!;

    public LabelerServer Server => _common.Server;

    public async Task InitializeAsync() => _common = await browsing.Common;

    public async Task<SeededProject> Seed(string name, LabelingTask task = LabelingTask.FlagBatch, int groups = 8, ProjectSettings? settings = null, bool finish = true)
    {
        var project = await SeededProject.Create(Server.Data, name, task, groups, settings, finish);
        _seeded.Add(project);
        return project;
    }

    /// <summary>The server's admin in a fresh browser, signed in.</summary>
    public Task<Visitor> Admin() => _common.Admin();

    /// <summary>The server's annotator in a fresh browser, signed in.</summary>
    public Task<Visitor> Annotator(BrowserNewContextOptions? options = null) => _common.Annotator(options);

    /// <summary>Somebody else, who has just signed in for the first time.</summary>
    public Task<Visitor> Invited(string name, string role = Role.Annotator) => _common.Invited(role, name);

    /// <summary>A phone: small, with a touch screen.</summary>
    public static BrowserNewContextOptions Phone => new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true, DeviceScaleFactor = 2 };

    /// <summary>Votes that stand in a project, oldest first.</summary>
    public static async Task<IReadOnlyList<Vote>> Votes(SeededProject project)
    {
        await using var db = await project.Open();
        return await db.Votes.AsNoTracking().Where(v => v.ProjectId == project.Project.Id && v.Kind != VoteKind.Undo && v.SupersededById == null).OrderBy(v => v.Id).ToListAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var project in _seeded)
        {
            await project.DisposeAsync();
        }
    }
}
