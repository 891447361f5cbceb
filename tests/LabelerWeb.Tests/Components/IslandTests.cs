using Bunit;
using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Scoring;
using Labeler.Tests.Support;
using Labeler.Web.Components;
using Labeler.Web.Features.Administration;
using Labeler.Web.Features.Audit;
using Labeler.Web.Features.Dashboard;
using Labeler.Web.Features.Epochs;
using Labeler.Web.Features.Evaluations;
using Labeler.Web.Features.InstalledRewards;
using Labeler.Web.Features.Labeling;
using Labeler.Web.Features.Labeling.Overview;
using Labeler.Web.Features.Lineage;
using Labeler.Web.Features.Members;
using Labeler.Web.Features.People;
using Labeler.Web.Features.Photos;
using Labeler.Web.Features.Projects;
using Labeler.Web.Features.Review;
using Labeler.Web.Features.RewardRuns;
using Labeler.Web.Features.Rewards;
using Labeler.Web.Features.Sets;
using Labeler.Web.Features.Webhooks;
using Labeler.Web.Security;
using Labeler.Web.Tests.Members;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

/// <summary>What is live on a page stops when the person may no longer see it.</summary>
public sealed class IslandTests : OpenPage
{
    private const long Reward = 7;
    private SeededProject _seeded = null!;
    private string _step = "";

    public static TheoryData<Type> Islands => [typeof(DashboardLive), typeof(EpochLive), typeof(EvaluationLive), typeof(RewardsLive), typeof(ChoiceRows), typeof(PicturesBeingMade), typeof(JobsTable), typeof(PeopleTable), typeof(VotesTable), typeof(TrialLive), typeof(RunLive), typeof(EpochsTable), typeof(EvaluationsTable), typeof(CheckpointsTable), typeof(ReviewTable), typeof(PhotosTable), typeof(EpochLoop), typeof(LogTable), typeof(MembersTable), typeof(AuditTable), typeof(SetJobsLive), typeof(DeliveriesTable)];

    public static TheoryData<Type> OfProjects => [typeof(DashboardLive), typeof(EpochLive), typeof(EvaluationLive), typeof(PicturesBeingMade), typeof(VotesTable), typeof(RunLive), typeof(EpochsTable), typeof(CheckpointsTable), typeof(ReviewTable), typeof(PhotosTable), typeof(EpochLoop), typeof(LogTable), typeof(MembersTable), typeof(SetJobsLive), typeof(DeliveriesTable)];

    /// <summary>Those of a project's pages that are for more people than admins.</summary>
    public static TheoryData<Type> OfMembers => [typeof(DashboardLive), typeof(EpochLive), typeof(EvaluationLive), typeof(PicturesBeingMade), typeof(VotesTable), typeof(RunLive), typeof(CheckpointsTable), typeof(ReviewTable), typeof(PhotosTable), typeof(MembersTable), typeof(SetJobsLive), typeof(DeliveriesTable)];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _seeded = await SeededProject.Create(Folder, "Faces", LabelingTask.FlagBatch, groups: 3, new() { SensitiveKind = "faces" }, finish: false);
        await Change(async db =>
        {
            db.Add(Job.Queue(JobKind.RewardModel, _seeded.Project.Id, null, new RewardOrder(""), Clock.GetUtcNow()));
            db.Add(Job.Queue(JobKind.Score, _seeded.Project.Id, null, new ScoreOrder(Reward, Taught: false), Clock.GetUtcNow()));
            await db.SaveChangesAsync();
            _step = await RunLive.Step(db, _seeded.Project.Id, 0);
        });
    }

    [Fact]
    public void Every_interactive_component_derives_from_the_one_base_and_is_tested_here()
    {
        var interactive = typeof(Program).Assembly.GetTypes().Where(type => type.IsDefined(typeof(RenderModeAttribute), inherit: true));
        Assert.Equal(Islands.AsEnumerable<object[]>().Select(row => (Type)row[0]).OrderBy(type => type.Name), interactive.OrderBy(type => type.Name));
        Assert.All(interactive, type => Assert.True(type.IsSubclassOf(typeof(LiveIsland)), $"{type} is no {nameof(LiveIsland)}"));
    }

    [Theory, MemberData(nameof(Islands))]
    public async Task It_stays_while_the_person_may_see_it(Type island)
    {
        var shown = Show(island);
        await Pass(TimeSpan.FromMinutes(2));
        Assert.Null(WentTo);
        Assert.NotEqual("", shown.Markup.Trim());
    }

    [Theory, MemberData(nameof(Islands))]
    public async Task It_stops_within_half_a_minute_of_the_account_being_disabled(Type island) => await Stops(island, db =>
        db.Users.Where(a => a.Id == Person.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.LockoutEnd, DateTimeOffset.MaxValue)));

    [Theory, MemberData(nameof(Islands))]
    public async Task It_stops_within_half_a_minute_of_a_role_being_lost(Type island) => await Stops(island, db =>
        db.UserRoles.Where(held => held.UserId == Person.Id && db.Roles.Any(r => r.Id == held.RoleId && r.Name == Role.Admin)).ExecuteDeleteAsync());

    [Theory, MemberData(nameof(Islands))]
    public async Task It_stops_within_half_a_minute_of_the_session_being_ended(Type island) => await Stops(island, db =>
        Session.EndAll(db, Person.Id, Clock.GetUtcNow()));

    [Theory, MemberData(nameof(Islands))]
    public async Task It_stops_within_half_a_minute_of_a_new_password(Type island) => await Stops(island, db =>
        db.Users.Where(a => a.Id == Person.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.SecurityStamp, "another")));

    [Theory, MemberData(nameof(OfProjects))]
    public async Task It_stops_within_half_a_minute_of_its_project_being_gone(Type island) => await Stops(island, db =>
        db.Projects.ExecuteUpdateAsync(set => set.SetProperty(p => p.DeletedAt, Clock.GetUtcNow())), "/");

    [Theory, MemberData(nameof(OfMembers))]
    public async Task It_stops_within_a_second_of_a_member_being_removed_from_its_project(Type island)
    {
        var project = _seeded.Project.Id;
        await ActAs(Role.Annotator);
        await Change(async db =>
        {
            (await db.Projects.SingleAsync()).OpenToAll(false);
            await Member.Put(db, project, Person.Id, ProjectRole.Lead, null, Clock.GetUtcNow());
            await db.SaveChangesAsync();
        });
        var watch = Services.GetRequiredService<RightsWatch>();
        await watch.StartAsync(default);
        var shown = Show(island);
        await Until(() => shown.Markup.Trim().Length > 0);
        await watch.HasToldAll(Change);
        Assert.Null(WentTo);
        await Change(async db =>
        {
            await Member.Remove(db, project, Person.Id, Clock.GetUtcNow());
            db.Add(new AuditEntry(Clock.GetUtcNow(), "POST /members/{project:long}/{person:guid}/remove", "", AuditOutcome.Done, ""));
            await db.SaveChangesAsync();
        });
        // The pages' own clock stands still, so that nothing but the watch tells them, which looks several times a second.
        Assert.InRange(RightsWatch.Interval, TimeSpan.Zero, TimeSpan.FromSeconds(0.5));
        await Until(() => WentTo is not null);
        Assert.Equal("/", WentTo);
        Assert.Equal("", shown.Markup.Trim());
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task The_pictures_being_made_stop_for_whoever_asked_not_to_see_such() => await Stops(typeof(PicturesBeingMade), async db =>
    {
        var me = await db.Users.SingleAsync(a => a.Id == Person.Id);
        me.OptOutOf(["faces"]);
        await db.SaveChangesAsync();
    }, "/");

    [Theory, MemberData(nameof(Islands))]
    public async Task One_that_begins_without_rights_shows_nothing(Type island)
    {
        await Change(db => Session.EndAll(db, Person.Id, Clock.GetUtcNow()));
        var shown = Show(island);
        await Until(() => WentTo is not null && shown.Markup.Trim().Length == 0);
    }

    private async Task Stops(Type island, Func<Labeler.Shared.Data.LabelerDb, Task> lose, string address = "http://localhost/here")
    {
        var shown = Show(island);
        await Until(() => shown.Markup.Trim().Length > 0);
        await Change(lose);
        await Pass(Rights.Limit);
        await Until(() => WentTo is not null);
        Assert.Equal(address, WentTo);
        Assert.Equal("", shown.Markup.Trim());
        // Nothing comes after it.
        var rendered = shown.RenderCount;
        await Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(("", rendered), (shown.Markup.Trim(), shown.RenderCount));
    }

    private IRenderedComponent<IComponent> Show(Type island)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/here");
        var project = _seeded.Project;
        var parameters = new Dictionary<string, object>
        {
            [nameof(DashboardLive.ProjectId)] = project.Id,
            [nameof(EvaluationLive.Slug)] = project.Slug,
            [nameof(EpochLive.EpochId)] = 1L,
            [nameof(EpochLive.State)] = EpochState.Sampling,
            [nameof(ChoiceRows.Initial)] = Scale.Labels.ToArray(),
            [nameof(TrialLive.Reward)] = Reward,
            [nameof(RunLive.Project)] = project.Id,
            [nameof(RunLive.Run)] = 0L,
            [nameof(RunLive.Seen)] = _step,
            [nameof(PicturesBeingMade.First)] = new Sampling(0, 3),
        };
        return Render<IComponent>(builder =>
        {
            builder.OpenComponent(0, island);
            foreach (var (name, value) in parameters.Where(p => island.GetProperty(p.Key) is not null))
            {
                builder.AddComponentParameter(1, name, value);
            }
            builder.CloseComponent();
        });
    }

    // The clock moves in steps, so that what follows from each can happen.
    private async Task Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }
    }
}
