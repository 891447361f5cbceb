extern alias engine;

using engine::Labeler.TrainingEngine.Experiments.Annotating;
using engine::Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Labeler.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>One person flags, a second checks, a lead decides: over HTTP, as the pages do it.</summary>
public sealed class CheckTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task The_second_person_is_sent_the_firsts_flags_without_a_name_and_a_lead_decides_where_they_differ()
    {
        await using var seeded = await Seed("Checked by two", groups: 2);
        using var lead = await host.SignedIn("Lead of checks", Role.Lead);
        using var one = await AnnotatorClient.Open(host, "Flags first");
        using var two = await AnnotatorClient.Open(host, "Looks second");
        var project = seeded.Project.Id;
        var own = (await one.Queue(project))["items"]!.AsArray();
        Assert.All(own, item => Assert.Null(item!["check"]));
        var items = own.Select(item => (long)item!["item"]!).ToList();
        await one.Send(AnnotatorClient.Flag(project, items[0], Guid.NewGuid(), 1, 4), AnnotatorClient.Flag(project, items[1], Guid.NewGuid(), 2));
        Assert.Equal("checking", (string)(await one.Queue(project))["state"]!);
        Assert.Contains("waits for a second person", await one.Http.GetStringAsync($"/p/{seeded.Project.Slug}/label/history"));

        var queue = await two.Queue(project);
        Assert.DoesNotContain("Flags first", queue.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal([0, 1, 0, 0, 1, 0, 0], queue["items"]![0]!["check"]!.AsArray().Select(flags => (int)flags!));
        await two.Send(AnnotatorClient.Flag(project, items[0], Guid.NewGuid(), 1, 4), AnnotatorClient.Flag(project, items[1], Guid.NewGuid(), 2, 3));
        Assert.Equal(1, (int)(await two.Queue(project))["progress"]!["roundDone"]!);

        var page = $"/p/{seeded.Project.Slug}/review?show=Checks";
        Assert.Contains("One item waits", await lead.GetStringAsync($"/p/{seeded.Project.Slug}/review"));
        var shown = await lead.GetStringAsync(page);
        Assert.Contains("picture 3 deformed", shown);
        Assert.Contains("pictures 3, 4 deformed", shown);
        Assert.Contains("Flags first", shown);
        await lead.Press(page, "The second is right");
        Assert.Contains("No check waits for a lead", await lead.GetStringAsync(page));
        var plan = await Plan(seeded);
        Assert.Equal((20, true), (plan.Signal, plan.IsJudged));
    }

    [Fact]
    public async Task The_simulated_annotator_gets_through_it_with_two_accounts_at_work_at_the_same_time()
    {
        await using var seeded = await Seed("Simulated check", groups: 4, SceneFamily.Art, new() { Flags = FlagKinds.Unsafe, GroupSize = 4, SecondPersonChecks = true });
        var votes = await Task.WhenAll(Work(seeded, "sim one"), Work(seeded, "sim two"));
        Assert.Equal(8, votes.Sum());
        var plan = await Plan(seeded);
        Assert.True(plan.IsJudged);
        await using var db = await seeded.Open();
        Assert.Equal(4, await db.Votes.CountAsync(v => v.ProjectId == seeded.Project.Id && v.Check == VoteCheck.Confirms && v.ChecksId != null));
    }

    private static async Task<TrainingPlan> Plan(SeededProject seeded)
    {
        await using var db = await seeded.Open();
        return await seeded.Get<EpochCycle>().DryRun(await db.Epochs.Where(e => e.ProjectId == seeded.Project.Id).Select(e => e.Id).SingleAsync());
    }

    private async Task<int> Work(SeededProject seeded, string name)
    {
        await host.Make(name, Role.Annotator);
        using var program = await host.Program(name, TokenScope.Label);
        var client = await LabelingClient.Open(program, seeded.Project.Slug, default);
        using var enough = new CancellationTokenSource();
        return await new AnnotatorAtWork(client, new SimulatedAnnotator(new()), new(TimeSpan.FromMilliseconds(20), Most: 4, Waits: true), new Hurried(), TextWriter.Null).Work(enough.Token);
    }

    // Looks again sooner than the three seconds that people are spared.
    private sealed class Hurried : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.FromMilliseconds(200) ? TimeSpan.FromMilliseconds(200) : dueTime, period);
    }

    private async Task<SeededProject> Seed(string name, int groups, SceneFamily? family = null, ProjectSettings? settings = null)
    {
        settings ??= new() { SecondPersonChecks = true };
        var seeded = await SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, groups, settings, finish: family is null);
        if (family is { } drawn)
        {
            for (var group = 0; group < groups; group++)
            {
                var scenes = Enumerable.Range(0, settings.GroupSize)
                    .Select(index => engine::Labeler.TrainingEngine.MirrorWorld.Scenes.Scene.Draw(41, (group * settings.GroupSize) + index, drawn)).ToList();
                await seeded.AddGroup(group, scenes[0].Prompt, [.. scenes.Select(scene => scene.Picture)]);
            }
            await seeded.Finish();
        }
        return seeded;
    }
}
