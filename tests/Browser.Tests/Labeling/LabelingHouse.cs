using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests.Labeling;

/// <summary>One server for the labeling tests; every test has a project and people of its own in it.</summary>
public sealed class LabelingHouse(Browsing browsing) : IAsyncLifetime
{
    private readonly List<SeededProject> seeded = [];
    private Visitor admin = null!;
    private string signedIn = "";

    public LabelerServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // Of a busy machine, not of the page: what is waited for comes at once where a core is free.
        SetDefaultExpectTimeout(30_000);
        Server = await LabelerServer.Start("Trainer:Start=false");
        admin = await browsing.FirstAdmin(Server);
        await using var annotator = await Invited("Ann");
        await Expect(annotator.Page.Locator(".topbar")).ToBeVisibleAsync();
        signedIn = await annotator.Context.StorageStateAsync();
    }

    public async Task<SeededProject> Seed(string name, LabelingTask task = LabelingTask.FlagBatch, int groups = 8, ProjectSettings? settings = null, bool finish = true)
    {
        var project = await SeededProject.Create(Server.Data, name, task, groups, settings, finish);
        seeded.Add(project);
        return project;
    }

    /// <summary>The house's own annotator in a fresh browser, signed in.</summary>
    public Task<Visitor> Annotator(BrowserNewContextOptions? options = null)
    {
        options ??= new() { ViewportSize = new() { Width = 1440, Height = 900 } };
        options.StorageState = signedIn;
        return browsing.Visit(Server, options);
    }

    /// <summary>Somebody else, who has just signed in for the first time.</summary>
    public Task<Visitor> Invited(string name) => browsing.Invite(Server, admin, Role.Annotator, name);

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
        foreach (var project in seeded)
            await project.DisposeAsync();
        await admin.DisposeAsync();
        await Server.DisposeAsync();
    }
}
