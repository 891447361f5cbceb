extern alias engine;

using engine::Labeler.TrainingEngine;
using engine::Labeler.TrainingEngine.Experiments.Annotating;
using engine::Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Labeler.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>The engine's simulated annotator votes on drawn scenes through the interface for programs, as the client that is made from its description.</summary>
public sealed class SimulatedAnnotatorTests(WebHost host) : IClassFixture<WebHost>
{
    [Theory]
    [InlineData(SceneFamily.Hand, FlagKinds.Deformed)]
    [InlineData(SceneFamily.Art, FlagKinds.Unsafe)]
    public async Task It_flags_exactly_the_pictures_that_are_bad(SceneFamily family, FlagKinds kind)
    {
        await using var seeded = await Seed($"Flagged {family}", LabelingTask.FlagBatch, new() { Flags = kind, GroupSize = 4 }, family, groups: 3);

        Assert.Equal(3, await Work(seeded, new AnnotatorOptions()));

        foreach (var (vote, group) in await Votes(seeded))
        {
            var tiles = ((FlagVerdict)vote.Verdict!).Tiles;
            Assert.Equal(
                Enumerable.Range(0, 4).Select(index => Scene(family, group, index, 4).Truth.IsGood ? FlagKinds.None : kind),
                tiles.OrderBy(tile => tile.Index).Select(tile => tile.Flags));
        }
    }

    [Fact]
    public async Task It_prefers_the_better_mirror_on_whichever_side_it_stands()
    {
        await using var seeded = await Seed("Pairs to compare", LabelingTask.PreferPair, new() { GroupSize = 2 }, SceneFamily.Mirror, groups: 6);

        await Work(seeded, new AnnotatorOptions());

        Assert.All(await Votes(seeded), entry =>
        {
            var (first, second) = (Scene(SceneFamily.Mirror, entry.Group, 0, 2).Truth.Score, Scene(SceneFamily.Mirror, entry.Group, 1, 2).Truth.Score);
            Assert.Equal(first == second ? null : first > second, ((PairVerdict)entry.Vote.Verdict!).FirstWins);
        });
    }

    [Fact]
    public async Task It_scores_and_categorizes_by_the_mirror_reports_definitions()
    {
        await using var scores = await Seed("Scores", LabelingTask.Score, new() { GroupSize = 1, Choices = Scale.Rubric }, SceneFamily.Mirror, groups: 4);
        await using var labels = await Seed("Labels", LabelingTask.Categorise, new() { GroupSize = 1, Choices = Scale.Labels }, SceneFamily.Mirror, groups: 4);

        await Work(scores, new AnnotatorOptions());
        await Work(labels, new AnnotatorOptions());

        Assert.All(await Votes(scores), entry => Assert.Equal($"{Scene(SceneFamily.Mirror, entry.Group, 0, 1).Truth.Score}", ((ChoiceVerdict)entry.Vote.Verdict!).Name));
        Assert.All(await Votes(labels), entry => Assert.Equal($"Label {Scene(SceneFamily.Mirror, entry.Group, 0, 1).Truth.Label}", ((ChoiceVerdict)entry.Vote.Verdict!).Name));
    }

    [Fact]
    public async Task It_ranks_a_group_by_what_its_pictures_are_worth_with_equals_tied()
    {
        await using var seeded = await Seed("Ranked by machine", LabelingTask.Rank, new() { GroupSize = 4 }, SceneFamily.Mirror, groups: 4);

        await Work(seeded, new AnnotatorOptions());

        Assert.All(await Votes(seeded), entry =>
        {
            var worth = Enumerable.Range(0, 4).Select(index => Scene(SceneFamily.Mirror, entry.Group, index, 4).Truth.Score).ToList();
            var right = Enumerable.Range(0, 4).GroupBy(index => worth[index]).OrderByDescending(same => same.Key).Select(same => string.Join(',', same.Order()));
            Assert.Equal(right, ((RankVerdict)entry.Vote.Verdict!).Order.Select(tied => string.Join(',', tied.Order())));
        });
    }

    [Fact]
    public async Task One_that_errs_always_says_the_opposite()
    {
        await using var seeded = await Seed("Wrong", LabelingTask.FlagBatch, new() { Flags = FlagKinds.Deformed, GroupSize = 4 }, SceneFamily.Hand, groups: 2);

        await Work(seeded, new AnnotatorOptions(WrongShare: 1));

        Assert.All(await Votes(seeded), entry => Assert.All(
            ((FlagVerdict)entry.Vote.Verdict!).Tiles,
            tile => Assert.Equal(Scene(SceneFamily.Hand, entry.Group, tile.Index, 4).Truth.IsGood, tile.Flags == FlagKinds.Deformed)));
    }

    [Fact]
    public async Task It_stops_after_as_many_votes_as_told()
    {
        await using var seeded = await Seed("Few", LabelingTask.FlagBatch, new() { Flags = FlagKinds.Deformed, GroupSize = 2 }, SceneFamily.Hand, groups: 3);

        Assert.Equal(2, await Work(seeded, new AnnotatorOptions(), new WorkOptions(TimeSpan.Zero, Most: 2)));
    }

    [Fact]
    public async Task A_wrong_token_a_missing_project_and_a_prompt_of_another_model_are_told_in_one_line()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Faces", LabelingTask.FlagBatch, 1);
        await host.Make("annotator of faces", Role.Annotator);
        using var stranger = host.With("lblr_nobody-s");
        using var program = await host.Program("annotator of faces", TokenScope.Label);

        var wrong = await Assert.ThrowsAsync<EngineException>(() => LabelingClient.Open(stranger, "faces", default));
        var missing = await Assert.ThrowsAsync<EngineException>(() => LabelingClient.Open(program, "nowhere", default));
        var client = await LabelingClient.Open(program, "faces", default);
        var unknown = await Assert.ThrowsAsync<EngineException>(() => new AnnotatorAtWork(client, new SimulatedAnnotator(new()), new(TimeSpan.Zero), TimeProvider.System, TextWriter.Null).Work(default));

        Assert.Contains("Send a token that is good", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("there is no project nowhere", missing.Message, StringComparison.Ordinal);
        Assert.Contains("cannot judge '1 hand, take 1'", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_that_loses_answers_costs_it_no_vote_and_gives_none_twice()
    {
        await using var seeded = await Seed("Restarted", LabelingTask.FlagBatch, new() { Flags = FlagKinds.Deformed, GroupSize = 2 }, SceneFamily.Hand, groups: 4);
        await host.Make("patient annotator", Role.Annotator);
        var away = new Away();
        using var program = host.CreateDefaultClient(new RestartPatience(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(1), TimeProvider.System), away);
        program.DefaultRequestHeaders.Authorization = new("Bearer", await host.Key("patient annotator", TokenScope.Label));

        var client = await LabelingClient.Open(program, seeded.Project.Slug, default);
        away.Times = 3;
        var votes = await new AnnotatorAtWork(client, new SimulatedAnnotator(new()), new(TimeSpan.Zero), TimeProvider.System, TextWriter.Null).Work(default);

        Assert.Equal((4, 4), (votes, (await Votes(seeded)).Count));
        Assert.Equal(0, away.Times);
    }

    [Fact]
    public async Task An_application_that_never_answered_is_not_waited_for()
    {
        var away = new Away { Times = int.MaxValue };
        using var program = host.CreateDefaultClient(new RestartPatience(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1), TimeProvider.System), away);
        var error = await Assert.ThrowsAsync<EngineException>(() => LabelingClient.Open(program, "nowhere", default));
        Assert.Contains("is the application running?", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Does what is asked and loses the answer, says that it is busy, or is not there.</summary>
    private sealed class Away : DelegatingHandler
    {
        public int Times { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Times == 0 || Times < 4 && request.Method != HttpMethod.Post)
            {
                return await base.SendAsync(request, cancellationToken);
            }
            switch (Times--)
            {
                case 3:
                    (await base.SendAsync(request, cancellationToken)).Dispose();
                    throw new HttpRequestException("The connection was reset.");
                case 2:
                    return new(System.Net.HttpStatusCode.ServiceUnavailable);
                default:
                    throw new HttpRequestException("Connection refused.");
            }
        }
    }

    private static engine::Labeler.TrainingEngine.MirrorWorld.Scenes.Scene Scene(SceneFamily family, int group, int index, int groupSize) =>
        engine::Labeler.TrainingEngine.MirrorWorld.Scenes.Scene.Draw(41, (group * groupSize) + index, family);

    private async Task<SeededProject> Seed(string name, LabelingTask task, ProjectSettings settings, SceneFamily family, int groups)
    {
        var seeded = await SeededProject.Create(host.Data, name, task, groups, settings, finish: false);
        for (var group = 0; group < groups; group++)
        {
            var scenes = Enumerable.Range(0, settings.GroupSize).Select(index => Scene(family, group, index, settings.GroupSize)).ToList();
            await seeded.AddGroup(group, scenes[0].Prompt, [.. scenes.Select(scene => scene.Picture)]);
        }
        await seeded.Finish();
        return seeded;
    }

    private async Task<int> Work(SeededProject seeded, AnnotatorOptions options, WorkOptions? work = null)
    {
        var name = $"simulated {seeded.Project.Slug}";
        await host.Make(name, Role.Annotator);
        using var program = await host.Program(name, TokenScope.Label);
        var client = await LabelingClient.Open(program, seeded.Project.Slug, default);
        return await new AnnotatorAtWork(client, new SimulatedAnnotator(options), work ?? new(TimeSpan.Zero), TimeProvider.System, TextWriter.Null).Work(default);
    }

    private static async Task<IReadOnlyList<(Vote Vote, int Group)>> Votes(SeededProject seeded)
    {
        await using var db = await seeded.Open();
        var votes = await db.Votes.Where(vote => vote.ProjectId == seeded.Project.Id && vote.Kind == VoteKind.Judgement).ToListAsync();
        var groups = await db.Items.Where(item => item.ProjectId == seeded.Project.Id).Select(item => new { item.Id, item.Group!.Number }).ToDictionaryAsync(item => item.Id, item => item.Number);
        Assert.NotEmpty(votes);
        return [.. votes.Select(vote => (vote, groups[vote.ItemId]))];
    }
}
