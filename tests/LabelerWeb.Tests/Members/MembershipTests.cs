using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Web.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Members;

public sealed class MembershipTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_new_project_is_open_to_everybody_until_it_is_closed_to_all_but_its_members()
    {
        await using var seeded = await host.Seed("Closing", groups: 1);
        using var lead = await host.SignedIn("Lead who closes", Role.Lead);
        using var other = await host.SignedIn("Left outside", Role.Annotator);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/p/closing/label")).StatusCode);
        await lead.Post("/p/closing/members", $"/members/{seeded.Project.Id}/open", ("open", "false"));
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync("/p/closing/label")).StatusCode);
        // Who closes it stays its lead.
        Assert.Contains("Members only, and the installation", await lead.GetStringAsync("/p/closing/members"));
        await lead.Post("/p/closing/members", $"/members/{seeded.Project.Id}/open", ("open", "true"));
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/p/closing/label")).StatusCode);
    }

    [Fact]
    public async Task A_lead_adds_members_gives_them_roles_and_removes_them()
    {
        await using var seeded = await host.Closed("Knees of members");
        var (project, page) = (seeded.Project.Id, "/p/knees-of-members/members");
        using var admin = await host.SignedIn("Admin of members", Role.Admin);
        using var person = await host.SignedIn("Somebody to add", Role.Annotator);
        await admin.Post(page, $"/members/{project}/add", ("who", "somebody TO add"), ("role", "reviewer"));
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/p/knees-of-members/review")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync(page)).StatusCode);
        Assert.Contains("p/knees-of-members\"", await person.GetStringAsync("/label"));
        var id = await host.IdOf("Somebody to add");
        await admin.Post(page, $"/members/{project}/{id}/role", ("role", "lead"));
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync("/p/knees-of-members/settings")).StatusCode);
        Assert.Contains("Change the role", await person.GetStringAsync($"{page}?who={id}"));
        await admin.Post(page, $"/members/{project}/{id}/remove");
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync("/p/knees-of-members/label")).StatusCode);
        var refused = await admin.Post(page, $"/members/{project}/add", ("who", "Nobody at all"), ("role", "lead"));
        Assert.Equal(HttpStatusCode.Found, refused.StatusCode);
        Assert.Contains("Nobody has that name", await admin.GetStringAsync(page));
    }

    [Fact]
    public async Task No_page_across_projects_names_one_that_is_closed_to_the_person()
    {
        await using var seeded = await host.Closed("Hidden toes");
        using var lead = await host.SignedIn("Lead of other things", Role.Lead);
        foreach (var page in new[] { "/projects", "/label", "/photos", "/compare", "/compare/sheets", "/compare/evaluations", "/compare/evaluations/new", "/compare/leaderboard", "/compare/rewards", "/account", "/api/places?q=hidden", "/api/places?q=hidden+1", "/api/places?q=hidden+rev", "/api/places?q=" })
        {
            var answer = await lead.GetAsync(page);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain("hidden toes", await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        }
        await host.Put(seeded.Project.Id, "Lead of other things", ProjectRole.Lead);
        Assert.Contains("Hidden toes", await lead.GetStringAsync("/projects"));
        Assert.Contains("Hidden toes", await lead.GetStringAsync("/api/places?q=hidden"));
    }

    [Fact]
    public async Task A_picture_of_a_closed_project_is_sent_to_members_alone()
    {
        await using var seeded = await host.Closed("Closed pictures");
        var hash = await host.With<LabelerDb, string>(db => db.Images.Where(i => db.Groups.Any(g => g.Id == i.GroupId && g.ProjectId == seeded.Project.Id)).Select(i => i.ContentHash).FirstAsync());
        using var person = await host.SignedIn("Looks at pictures", Role.Lead);
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync($"/api/images/{hash}/original")).StatusCode);
        await host.Put(seeded.Project.Id, "Looks at pictures", ProjectRole.Annotator);
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync($"/api/images/{hash}/original")).StatusCode);
    }

    [Fact]
    public async Task A_vote_about_a_project_that_the_person_no_longer_belongs_to_is_refused_whatever_project_it_names()
    {
        await using var seeded = await host.Closed("Votes of members");
        await using var open = await host.Seed("Open to all votes", groups: 1);
        using var person = await AnnotatorClient.Open(host, "Votes to the end");
        await host.Put(seeded.Project.Id, "Votes to the end", ProjectRole.Annotator);
        var items = await person.Items(seeded.Project.Id, take: 2);
        var first = Guid.NewGuid();
        Assert.Equal(["accepted"], await person.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], first, 1)));
        await host.With<LabelerDb, bool>(async db =>
        {
            await Member.Remove(db, seeded.Project.Id, person.Account, DateTimeOffset.UtcNow);
            return true;
        });
        Assert.Equal(["refused", "refused"], await person.Send(AnnotatorClient.Flag(open.Project.Id, items[1], Guid.NewGuid(), 1), AnnotatorClient.Undo(open.Project.Id, items[0], first)));
        // What they held is free for others.
        var now = DateTimeOffset.UtcNow;
        Assert.False(await host.With<LabelerDb, bool>(db => db.Leases.AnyAsync(l => l.AnnotatorId == person.Account && l.DoneAt == null && l.ExpiresAt > now)));
    }

    [Fact]
    public async Task Pages_that_are_open_hear_within_a_second_of_a_member_who_is_removed()
    {
        await using var seeded = await host.Closed("Heard at once");
        using var admin = await host.SignedIn("Removes at once", Role.Admin);
        await host.Make("Removed at once", Role.Annotator);
        await host.Put(seeded.Project.Id, "Removed at once", ProjectRole.Lead);
        var viewer = new Viewer(await host.IdOf("Removed at once"), ProjectRole.Annotator);
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
        var button = await admin.Button($"/p/heard-at-once/members?who={viewer.Account}", "Remove");
        await admin.Press(button);
        // It is asked for several times a second, and nothing else tells it.
        Assert.InRange(RightsWatch.Interval, TimeSpan.Zero, TimeSpan.FromSeconds(0.5));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task What_is_made_of_a_closed_project_s_checkpoint_is_closed_to_the_same_people()
    {
        await using var seeded = await host.Closed("Closed and trained");
        using var person = await AnnotatorClient.Open(host, "Judges and evaluates", Role.Lead);
        await host.Put(seeded.Project.Id, "Judges and evaluates", ProjectRole.Lead);
        foreach (var item in await person.Items(seeded.Project.Id))
        {
            await person.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        }
        await seeded.Learn();
        var checkpoint = await host.With<LabelerDb, long>(db => db.Checkpoints.Where(c => c.ProjectId == seeded.Project.Id).Select(c => c.Id).SingleAsync());
        await person.Http.Submit("/compare/evaluations/new", "evaluation",
        [
            ("Name", "Of what is closed"), ("Kind", "Duel"), ("Prompts", "1 hand"), ("PromptsOf", ""), ("FixedEach", "1"), ("RandomEach", "1"), ("FixedSeed", "1"), ("Raters", "1"), ("Guidelines", ""), ("Sampling.Steps", "5"),
            ("Sampling.GuidanceScale", "1"), ("Sampling.Eta", "1"), ("Sampling.NegativePrompt", ""), ("Sampling.Size", "0"), ("Sampling.FlowNoise", "Sde"), ("Sampling.NoisySteps", "0"), ("Sampling.FirstNoisyStep", "0"), ("Checkpoint", "base:models/mirror-world"), ("Checkpoint", $"{checkpoint}"),
        ]);
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync("/compare/evaluations/of-what-is-closed")).StatusCode);
        using var other = await host.SignedIn("Outside of evaluations", Role.Lead);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync("/compare/evaluations/of-what-is-closed")).StatusCode);
        Assert.DoesNotContain("Of what is closed", await other.GetStringAsync("/compare/evaluations"));
    }
}
