using Bunit;
using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Tests.Support;
using Labeler.Web.Components;
using Labeler.Web.Features.Administration;
using Labeler.Web.Features.Dashboard;
using Labeler.Web.Features.Epochs;
using Labeler.Web.Features.Evaluations;
using Labeler.Web.Features.Labeling;
using Labeler.Web.Features.Labeling.Overview;
using Labeler.Web.Features.People;
using Labeler.Web.Features.Projects;
using Labeler.Web.Features.Review;
using Labeler.Web.Features.Rewards;
using Labeler.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

/// <summary>What is live on a page stops when the person may no longer see it.</summary>
public sealed class IslandTests : OpenPage
{
    private SeededProject _seeded = null!;

    public static TheoryData<Type> Islands => [typeof(DashboardLive), typeof(EpochLive), typeof(EvaluationLive), typeof(RewardsLive), typeof(ChoiceRows), typeof(PicturesBeingMade), typeof(JobsTable), typeof(PeopleTable), typeof(VotesTable)];

    public static TheoryData<Type> OfProjects => [typeof(DashboardLive), typeof(EpochLive), typeof(EvaluationLive), typeof(PicturesBeingMade), typeof(VotesTable)];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _seeded = await SeededProject.Create(Folder, "Faces", LabelingTask.FlagBatch, groups: 3, new() { SensitiveKind = "faces" }, finish: false);
        await Change(async db =>
        {
            db.Add(Job.Queue(JobKind.RewardModel, _seeded.Project.Id, null, new RewardOrder(""), Clock.GetUtcNow()));
            await db.SaveChangesAsync();
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

    private static async Task Until(Func<bool> happened)
    {
        for (var tries = 0; tries < 500 && !happened(); tries++)
        {
            await Task.Delay(10);
        }
        Assert.True(happened());
    }
}
