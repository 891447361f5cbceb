using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Shared.Members.Teams;
using Labeler.Web.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Members;

public sealed class TeamTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task An_admin_makes_a_team_a_lead_makes_it_a_member_and_its_people_have_that_role()
    {
        await using var seeded = await host.Closed("Knees of teams");
        var (project, page) = (seeded.Project.Id, "/p/knees-of-teams/members");
        using var admin = await host.SignedIn("Admin of teams", Role.Admin);
        using var lead = await host.SignedIn("Lead of knees", Role.Annotator);
        using var person = await host.SignedIn("Person of a team", Role.Annotator);
        await host.Put(project, "Lead of knees", ProjectRole.Lead);
        await admin.Post("/people", "/people/teams/new", ("name", " Morning shift "));
        var team = await host.With<LabelerDb, long>(db => db.Teams.Where(t => t.Name == "Morning shift").Select(t => t.Id).SingleAsync());
        await admin.Post($"/people/teams/{team}", $"/people/teams/{team}/add", ("who", "Person of a TEAM"));
        Assert.Contains("Person of a team", await admin.GetStringAsync($"/people/teams/{team}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await lead.GetAsync($"/people/teams/{team}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync("/p/knees-of-teams/label")).StatusCode);
        await lead.Post(page, $"/members/{project}/teams/add", ("team", $"{team}"), ("role", "reviewer"));
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/p/knees-of-teams/review")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync(page)).StatusCode);
        Assert.Contains("p/knees-of-teams\"", await person.GetStringAsync("/label"), StringComparison.Ordinal);
        Assert.Contains("By teams:", await lead.GetStringAsync($"{page}?who={await host.IdOf("Person of a team")}"), StringComparison.Ordinal);
        await lead.Post(page, $"/members/{project}/teams/{team}/role", ("role", "lead"));
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync(page)).StatusCode);
        await lead.Post(page, $"/members/{project}/teams/{team}/remove");
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync("/p/knees-of-teams/label")).StatusCode);
        // The log of what was done names who and what.
        var told = await host.With<LabelerDb, List<string?>>(db => db.AuditEntries.Where(e => e.Action == "POST /members/{project:long}/teams/{team:long}/role").Select(e => e.After).ToListAsync());
        Assert.Contains("TeamMember", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_that_are_open_hear_within_a_second_of_somebody_who_is_taken_out_of_a_team()
    {
        await using var seeded = await host.Closed("Heard of teams");
        using var admin = await host.SignedIn("Takes out at once", Role.Admin);
        await host.Make("Taken out at once", Role.Annotator);
        var viewer = new Viewer(await host.IdOf("Taken out at once"), ProjectRole.Annotator);
        var team = await host.With<TeamEditing, Team>(async editing =>
        {
            var made = await editing.Make("Heard at once");
            await editing.Admit(seeded.Project.Id, made.Id, ProjectRole.Lead, null);
            return await editing.Add(made.Id, viewer.Account, null);
        });
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hears = host.Services.GetRequiredService<RightsWatch>().Hear(() => host.With<LabelerDb, bool>(async db =>
        {
            if (!await viewer.Projects(db).AnyAsync(p => p.Id == seeded.Project.Id))
            {
                ended.TrySetResult();
            }
            return true;
        }));
        await host.Services.GetRequiredService<RightsWatch>().HasToldAll(change => host.With<LabelerDb, bool>(async db =>
        {
            await change(db);
            return true;
        }));
        Assert.False(ended.Task.IsCompleted);
        await admin.Post($"/people/teams/{team.Id}", $"/people/teams/{team.Id}/{viewer.Account}/remove");
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task The_labeling_page_and_programs_are_told_kindly_when_somebody_has_given_what_they_are_asked_for()
    {
        await using var seeded = await host.Seed("Asked for two", groups: 6);
        var (project, page) = (seeded.Project.Id, "/p/asked-for-two/members");
        using var admin = await host.SignedIn("Sets quotas", Role.Admin);
        using var person = await AnnotatorClient.Open(host, "Gives two");
        await admin.Post(page, $"/members/{project}/quota", ("day", "2"), ("total", ""));
        var items = await person.Items(project, take: 4);
        Assert.Equal(2, items.Count);
        foreach (var item in items)
        {
            Assert.Equal(["accepted"], await person.Send(AnnotatorClient.Flag(project, item, Guid.NewGuid(), 1)));
        }
        var answer = await person.Queue(project);
        Assert.Equal(("quota-day", 0), ((string)answer["state"]!, answer["items"]!.AsArray().Count));
        Assert.Contains("data-notice=\"quota-day\"", await person.Http.GetStringAsync("/p/asked-for-two/label"), StringComparison.Ordinal);
        Assert.Contains("Your votes: 2 of 2 today.", await person.Http.GetStringAsync("/label"), StringComparison.Ordinal);
        Assert.Contains("Gives two,2,2,2,", await admin.GetStringAsync("/dashboard/asked-for-two/quotas.csv"), StringComparison.Ordinal);
        await host.Put(project, "Gives two", ProjectRole.Annotator);
        await admin.Post($"{page}?who={person.Account}", $"/members/{project}/{person.Account}/quota", ("of", "own"), ("day", ""), ("total", "3"));
        Assert.Single(await person.Items(project, take: 4));
        await admin.Post($"{page}?who={person.Account}", $"/members/{project}/{person.Account}/quota", ("of", "own"), ("day", "many"), ("total", "3"));
        Assert.Contains("A quota is a number of votes", await admin.GetStringAsync($"{page}?who={person.Account}"), StringComparison.Ordinal);
        await admin.Post($"{page}?who={person.Account}", $"/members/{project}/{person.Account}/prompts", ("prompts", "nothing of the kind"));
        Assert.Contains("The project has no prompt", await admin.GetStringAsync($"{page}?who={person.Account}"), StringComparison.Ordinal);
    }
}
