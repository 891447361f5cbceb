using Labeler.Shared.Members;
using Labeler.Shared.Members.Teams;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>A server with one project, and its admin: what tests of every page walk through. No trainer, which would take the project's work.</summary>
public sealed class Site(Browsing browsing) : IAsyncLifetime
{
    private LabelerServer _server = null!;
    private string _signedIn = "";

    public SeededProject Faces { get; private set; } = null!;

    public string Data => _server.Data;

    public LabelerServer Server => _server;

    public async Task InitializeAsync()
    {
        _server = await LabelerServer.Start("Trainer:Start=false");
        Faces = await SeededProject.Create(_server.Data, "Faces", LabelingTask.FlagBatch, groups: 3);
        await using var admin = await browsing.FirstAdmin(_server);
        _signedIn = await admin.SignedIn();
        await using var db = await Faces.Open();
        var team = await Faces.Get<TeamEditing>().Make("Morning shift");
        await Faces.Get<TeamEditing>().Add(team.Id, await db.Users.Select(account => account.Id).FirstAsync(), null);
        await Faces.Get<TeamEditing>().Admit(Faces.Project.Id, team.Id, ProjectRole.Reviewer, null);
    }

    /// <summary>Every page of an admin, with those of one person, one team and one picture.</summary>
    public async Task<string[]> Addresses()
    {
        await using var db = await Faces.Open();
        var person = await db.Users.Select(account => account.Id).FirstAsync();
        var picture = await db.Images.Select(image => image.Id).FirstAsync();
        var team = await db.Teams.Select(team => team.Id).FirstAsync();
        return [.. Pages.OfAnAdmin, $"people/{person}", $"people/teams/{team}", $"p/faces/members?who={person}", $"p/faces/gallery/{picture}"];
    }

    public Task<Visitor> Admin(Action<BrowserNewContextOptions>? change = null)
    {
        var options = Browsing.Wide;
        options.StorageState = _signedIn;
        change?.Invoke(options);
        return browsing.Visit(_server, options);
    }

    public Task<Visitor> Stranger(Action<BrowserNewContextOptions>? change = null)
    {
        var options = Browsing.Wide;
        change?.Invoke(options);
        return browsing.Visit(_server, options);
    }

    public async Task DisposeAsync()
    {
        await Faces.DisposeAsync();
        await _server.DisposeAsync();
    }
}
