using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Labeler.Web.Features.Evaluations;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

public sealed class EvaluationTests(WebHost host) : IClassFixture<WebHost>
{
    private const string Base = "base:models/mirror-world";

    [Fact]
    public async Task A_duel_is_made_by_a_form_judged_blindly_at_the_desk_and_told_by_its_page()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Faces of duels", LabelingTask.FlagBatch, groups: 1);
        var checkpoint = await Trained(seeded);
        using var lead = await host.SignedIn("Lin", Role.Lead);
        var made = await Submit(lead, "Which face", "Duel", Base, $"{checkpoint.Id}");
        Assert.EndsWith("/compare/evaluations/which-face", made.Headers.Location!.OriginalString, StringComparison.Ordinal);
        await Sample(seeded, "which-face");

        using var ann = await AnnotatorClient.Open(host, "Ann of duels");
        using var bo = await AnnotatorClient.Open(host, "Bo of duels");
        var project = (await Read(seeded, db => db.Projects.SingleAsync(p => p.Slug == "which-face"))).Id;
        var queue = (await ann.Queue(project)).ToJsonString();
        Assert.Equal(3, (await ann.Items(project)).Count);
        Assert.All(new[] { "epoch", "base", "checkpoint", "models/", "seed" }, word => Assert.DoesNotContain(word, queue.Replace("1 hand", ""), StringComparison.OrdinalIgnoreCase));
        await PreferCheckpoint(seeded, ann, project);
        await PreferCheckpoint(seeded, bo, project);

        var page = WebUtility.HtmlDecode(await lead.GetStringAsync("/compare/evaluations/which-face"));
        Assert.Contains("Questions judged", page, StringComparison.Ordinal);
        Assert.Contains("more than half of the raters in 100.0 % of 3 pairs", page, StringComparison.Ordinal);
        var wins = (await lead.GetStringAsync("/compare/evaluations/which-face/wins.csv")).Split("\r\n");
        Assert.Equal("checkpoint,votes,wins,low,high,won by more than half of the raters,low,high,ties,both bad", wins[0]);
        Assert.StartsWith("base model models/mirror-world,6,0,0,", wins[1], StringComparison.Ordinal);
        Assert.StartsWith("\"Faces of duels, epoch 1\",6,1,", wins[2], StringComparison.Ordinal);
        Assert.Contains("percent agreement,1", await lead.GetStringAsync("/compare/evaluations/which-face/agreement.csv"), StringComparison.Ordinal);
        Assert.Contains("Ann of duels: picture 2", await lead.GetStringAsync("/compare/evaluations/which-face/pictures"), StringComparison.Ordinal);
        Assert.Equal(("Which face", EvaluationKind.Duel, EvaluationStanding.AllJudged, 6, 3, 6), Assert.Single(await Read(seeded, Listed)));

        await lead.Post("/compare/evaluations/which-face", "/compare/evaluations/which-face/delete");
        Assert.Empty(await Read(seeded, Listed));
        Assert.Equal(HttpStatusCode.NotFound, (await ann.Http.GetAsync($"/api/projects/{project}/queue")).StatusCode);
    }

    [Fact]
    public async Task A_rubric_shows_proportions_and_means_at_fixed_and_at_random_seeds()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Faces of scores", LabelingTask.FlagBatch, groups: 1);
        await Trained(seeded, steps: 12);
        using var lead = await AnnotatorClient.Open(host, "Lia", Role.Lead);
        // The project's epochs are one training, which the base model begins.
        Assert.Contains("Every epoch", await lead.Http.GetStringAsync("/compare/evaluations/new"), StringComparison.Ordinal);
        await Submit(lead.Http, "Scores", "Rubric", $"epochs:{seeded.Project.Id}");
        await Sample(seeded, "scores");
        using var ann = await AnnotatorClient.Open(host, "Ann of scores");
        var project = (await Read(seeded, db => db.Projects.SingleAsync(p => p.Slug == "scores"))).Id;
        foreach (var item in await ann.Items(project, take: 16))
        {
            Assert.Equal(["accepted"], await ann.Send(new { op = "vote", key = Guid.NewGuid(), project, item, durationMs = 900, verdict = new { kind = "choice", name = "10", displayed = true, unblurred = true } }));
        }

        var page = WebUtility.HtmlDecode(await lead.Http.GetStringAsync("/compare/evaluations/scores"));
        Assert.Contains("At fixed seeds", page, StringComparison.Ordinal);
        Assert.Contains("At random seeds", page, StringComparison.Ordinal);
        Assert.Contains("mean 10.00", page, StringComparison.Ordinal);
        Assert.Contains("Mean score over training steps", page, StringComparison.Ordinal);
        Assert.Equal(
            ["Faces of scores,0,fixed", "Faces of scores,12,fixed", "Faces of scores,0,random", "Faces of scores,12,random"],
            (await lead.Http.GetStringAsync("/compare/evaluations/scores/steps.csv")).Split("\r\n")[1..^1].Select(line => string.Join(',', line.Split(',').Take(3))));
        Assert.Contains("base model models/mirror-world,fixed,1,1,10,10,10,0,0,0,0,1", await lead.Http.GetStringAsync("/compare/evaluations/scores/scores.csv"), StringComparison.Ordinal);

        var onHand = (await lead.Items(project, take: 1))[0];
        Assert.Contains("Ann of scores: 10", await lead.Http.GetStringAsync("/compare/evaluations/scores/pictures"), StringComparison.Ordinal);
        // The lead has seen which checkpoint made what: no question more, and no vote on the one that was on the screen.
        Assert.Empty(await lead.Items(project, take: 16));
        Assert.Equal(["refused"], await lead.Send(new { op = "vote", key = Guid.NewGuid(), project, item = onHand, durationMs = 900, verdict = new { kind = "choice", name = "10", displayed = true, unblurred = true } }));
    }

    [Fact]
    public async Task A_form_that_compares_nothing_comes_back_with_what_to_do()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Faces of faults", LabelingTask.FlagBatch, groups: 1);
        using var lead = await host.SignedIn("Lou of faults", Role.Lead);
        var answer = await Submit(lead, "Alone", "Duel", Base);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("Choose 2 to 20 checkpoints.", page, StringComparison.Ordinal);
        Assert.Contains("value=\"Alone\"", page, StringComparison.Ordinal);
        Assert.False(await Read(seeded, db => db.Projects.AnyAsync(p => p.Name == "Alone")));
    }

    private static async Task<HttpResponseMessage> Submit(HttpClient lead, string name, string kind, params string[] checkpoints) => await lead.Submit(
        "/compare/evaluations/new", "evaluation",
        [
            .. new (string, string)[]
            {
                ("Name", name), ("Kind", kind), ("Prompts", "1 hand"), ("PromptsOf", ""), ("FixedEach", "1"), ("RandomEach", "2"), ("FixedSeed", "1"), ("Raters", "2"), ("Guidelines", ""),
                ("Sampling.Steps", "5"), ("Sampling.GuidanceScale", "1"), ("Sampling.Eta", "1"), ("Sampling.NegativePrompt", ""), ("Sampling.Size", "0"), ("Sampling.FlowNoise", "Sde"), ("Sampling.NoisySteps", "0"), ("Sampling.FirstNoisyStep", "0"),
            },
            .. checkpoints.Select(key => ("Checkpoint", key)),
        ]);

    /// <summary>The seeded project's first checkpoint, as a worker would leave it.</summary>
    /// <param name="steps">Optimizer steps of which there are figures.</param>
    private async Task<Checkpoint> Trained(SeededProject seeded, int steps = 0)
    {
        var person = (await host.Make($"{seeded.Project.Name}'s judge", Role.Annotator)).Id;
        var lease = (await seeded.Get<ItemQueue>().Take(seeded.Project.Id, person, 1, [])).Leases[0];
        await seeded.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, person, new FlagVerdict([.. Enumerable.Range(0, 7).Select(n => new TileVerdict(n, n == 1 ? FlagKinds.Deformed : FlagKinds.None, true, true))]), 900, DateTimeOffset.UtcNow));
        var cycle = seeded.Get<EpochCycle>();
        await cycle.Train(lease.Item!.EpochId, null);
        var job = await Claim(seeded, JobKind.Train);
        await cycle.StartTraining(job);
        await seeded.Get<JobQueue>().Report(job, [.. Enumerable.Range(1, steps).Select(step => new JobMetric(job.Id, step, "loss", 0.7))], []);
        await cycle.Complete(job, AdapterKind.Lora, await seeded.Get<FileStore>().Put(System.Text.Encoding.UTF8.GetBytes($"adapter of {seeded.Project.Name}")), null);
        return await Read(seeded, db => db.Checkpoints.SingleAsync(c => c.ProjectId == seeded.Project.Id));
    }

    /// <summary>Makes an evaluation's pictures as a worker would, with drawn ones.</summary>
    private static async Task Sample(SeededProject seeded, string slug)
    {
        var job = await Claim(seeded, JobKind.Evaluate);
        var evaluation = await Read(seeded, db => db.Evaluations.SingleAsync(e => e.ProjectId == job.ProjectId));
        Assert.Equal(slug, (await Read(seeded, db => db.Projects.SingleAsync(p => p.Id == job.ProjectId))).Slug);
        for (var number = 0; number < evaluation.Plan.Pictures; number++)
        {
            var picture = DrawnPicture.Draw(evaluation.ProjectId, number, evaluation.Plan.At(number).Contestant);
            var image = new NewImage(await seeded.Get<FileStore>().Put(picture.ToPng()), picture.Width, picture.Height, number);
            await seeded.Get<EpochCycle>().Add(job, epoch => Group.Sampled(epoch, GroupUse.Labeling, number, null, "1 hand", number, null, [image], DateTimeOffset.UtcNow));
        }
        await seeded.Get<EvaluationWorkflow>().Finish(job);
    }

    private static async Task<Job> Claim(SeededProject seeded, JobKind kind) =>
        await seeded.Get<JobQueue>().Claim($"worker {Guid.NewGuid()}", [kind]) ?? throw new InvalidOperationException($"There is no job to {kind}.");

    /// <summary>Judges every pair by the interface: the picture of the trained checkpoint, which is the item's second, is the better one.</summary>
    private static async Task PreferCheckpoint(SeededProject seeded, AnnotatorClient client, long project)
    {
        foreach (var item in (await client.Queue(project, take: 16))["items"]!.AsArray())
        {
            var id = (long)item!["item"]!;
            var lease = await Read(seeded, db => db.Leases.Include(l => l.Item!.Second).SingleAsync(l => l.ItemId == id && l.AnnotatorId == client.Account));
            var isLeft = (string)item["images"]![0]!["hash"]! == lease.Item!.Second!.ContentHash;
            Assert.Equal(!lease.FirstOnLeft, isLeft);
            var verdict = new { kind = "pair", pick = isLeft ? "left" : "right", firstOnLeft = lease.FirstOnLeft, displayed = true, unblurred = true };
            Assert.Equal(["accepted"], await client.Send(new { op = "vote", key = Guid.NewGuid(), project, item = id, durationMs = 900, verdict }));
        }
    }

    // The table of evaluations.
    private static async Task<List<(string, EvaluationKind, EvaluationStanding, int, int, int)>> Listed(LabelerDb db) =>
        [.. (await EvaluationRow.All(db, new(Guid.Empty, ProjectRole.Admin)).Where(row => row.Slug == "which-face").ToListAsync()).Select(row => (row.Name, row.Kind, row.State, row.Made, row.Judged, row.Votes))];

    private static async Task<T> Read<T>(SeededProject seeded, Func<LabelerDb, Task<T>> read)
    {
        await using var db = await seeded.Open();
        return await read(db);
    }
}
