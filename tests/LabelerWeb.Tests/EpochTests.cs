using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>The buttons and downloads of a project's epochs, as an admin presses them.</summary>
public sealed partial class EpochTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Train_uses_what_the_dry_run_showed_and_asks_again_when_votes_came_since()
    {
        await using var seeded = await host.Seed("Stale", groups: 2);
        using var admin = await host.SignedIn("Stale admin", Role.Admin);
        using var client = await AnnotatorClient.Open(host, "Stale annotator");
        var items = await client.Items(seeded.Project.Id);
        var page = $"/p/{seeded.Project.Slug}/epochs";
        Assert.Contains("Nothing to learn yet", await admin.GetStringAsync(page));

        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 1));
        var shown = HashOn(await admin.GetStringAsync(page));
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, items[1], Guid.NewGuid(), 2, 3));
        await Press(admin, page, "train", await Epoch(seeded), ("hash", shown));
        Assert.Contains("Votes have come in since the dry run", await admin.GetStringAsync(page));
        Assert.Equal(EpochState.Labeling, (await Epoch(seeded)).State);

        shown = HashOn(await admin.GetStringAsync(page));
        await Press(admin, page, "train", await Epoch(seeded), ("hash", shown));
        var frozen = await Epoch(seeded);
        Assert.Equal((EpochState.Frozen, shown, 6 + 10), (frozen.State, frozen.ManifestHash, frozen.Signal));
    }

    [Fact]
    public async Task Cancel_gives_the_epoch_back_to_its_annotators_and_retry_goes_on_after_a_failure()
    {
        await using var seeded = await host.Seed("Stopped", groups: 2);
        using var admin = await host.SignedIn("Stopped admin", Role.Admin);
        using var client = await AnnotatorClient.Open(host, "Stopped annotator");
        var items = await client.Items(seeded.Project.Id);
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 1));
        var page = $"/p/{seeded.Project.Slug}/epochs";
        await Press(admin, page, "train", await Epoch(seeded), ("hash", HashOn(await admin.GetStringAsync(page))));
        Assert.Equal(["surplus"], await client.Send(AnnotatorClient.Flag(seeded.Project.Id, items[1], Guid.NewGuid(), 2)));

        await admin.Press(page, "Cancel training");
        Assert.Contains("Stopped. Every vote is still there.", await admin.GetStringAsync(page));
        Assert.Equal((EpochState.Labeling, null), (await Epoch(seeded)) is var back ? (back.State, back.ManifestHash) : default);
        Assert.Equal(6 + 6, (await seeded.Get<EpochCycle>().DryRun(back.Id)).Signal);

        await Press(admin, page, "train", await Epoch(seeded), ("hash", HashOn(await admin.GetStringAsync(page))));
        var job = await Claim(seeded, JobKind.Train);
        await seeded.Get<JobQueue>().Fail(job, "the loss is not finite at step 3");
        Assert.Contains("the loss is not finite at step 3", await admin.GetStringAsync(page));
        await Press(admin, page, "retry", await Epoch(seeded));
        Assert.Equal(EpochState.Frozen, (await Epoch(seeded)).State);
        Assert.Equal(job.Id, (await Claim(seeded, JobKind.Train)).Id);
    }

    [Fact]
    public async Task Rolling_back_keeps_the_later_epochs_and_samples_a_new_one_from_the_chosen_model()
    {
        await using var seeded = await host.Seed("Rolled", groups: 1);
        using var admin = await host.SignedIn("Rolled admin", Role.Admin);
        using var client = await AnnotatorClient.Open(host, "Rolled annotator");
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, (await client.Items(seeded.Project.Id))[0], Guid.NewGuid(), 1));
        var first = await Epoch(seeded);
        await seeded.Get<EpochCycle>().Train(first.Id, null);
        var job = await Claim(seeded, JobKind.Train);
        await seeded.Get<EpochCycle>().StartTraining(job);
        var weights = await seeded.Get<FileStore>().Put("weights of the first epoch"u8.ToArray());
        await seeded.Get<EpochCycle>().Complete(job, AdapterKind.Full, weights, null);
        var page = $"/p/{seeded.Project.Slug}/epochs";
        var checkpoint = (await Epoch(seeded, 1)).CheckpointId!.Value;
        Assert.Equal("weights of the first epoch", await admin.GetStringAsync($"/epochs/checkpoints/{checkpoint}/weights"));
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"/epochs/checkpoints/{checkpoint}/kohya")).StatusCode);

        await admin.Press(await admin.RollingBack(page, $"{checkpoint}"));
        await using (var db = await seeded.Open())
        {
            var epochs = await db.Epochs.Where(e => e.ProjectId == seeded.Project.Id).OrderBy(e => e.Number).Select(e => new { e.State, e.SampledById }).ToListAsync();
            Assert.Equal([(EpochState.Complete, null), (EpochState.RolledBack, checkpoint), (EpochState.Sampling, (long?)checkpoint)], epochs.Select(e => (e.State, e.SampledById)));
        }
        await admin.Press(await admin.RollingBack(page, ""));
        Assert.Equal((EpochState.Sampling, null), (await Epoch(seeded, 4)) is var fresh ? (fresh.State, fresh.SampledById) : default);
        Assert.Equal(EpochState.RolledBack, (await Epoch(seeded, 1)).State);
    }

    [Fact]
    public async Task An_epochs_votes_pairs_and_label_files_are_downloaded_whole()
    {
        await using var seeded = await host.Seed("Export", groups: 3);
        using var admin = await host.SignedIn("Export admin", Role.Admin);
        using var client = await AnnotatorClient.Open(host, "Export annotator");
        var items = await client.Items(seeded.Project.Id);
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 1), AnnotatorClient.Flag(seeded.Project.Id, items[1], Guid.NewGuid(), 0, 6));
        var epoch = await Epoch(seeded);
        var at = $"/epochs/{epoch.Id}";
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"{at}/pairs.csv")).StatusCode);
        await seeded.Get<EpochCycle>().Train(epoch.Id, null);

        Assert.Equal(1 + 2, Lines(await admin.GetStringAsync($"{at}/votes.csv")).Length);
        var votes = Lines(await admin.GetStringAsync($"{at}/votes.jsonl")).Select(line => JsonSerializer.Deserialize<JsonObject>(line)!).ToList();
        Assert.Equal(items.Take(2), votes.Select(vote => (long)vote["item"]!));
        Assert.Equal(1 + 6 + 10, Lines(await admin.GetStringAsync($"{at}/pairs.csv")).Length);
        Assert.Equal(6 + 10, Lines(await admin.GetStringAsync($"{at}/pairs.jsonl")).Length);
        Assert.Equal((await Epoch(seeded)).ManifestHash, Manifest.Read(await admin.GetByteArrayAsync($"{at}/manifest.json")).Hash());

        await using var zip = new ZipArchive(new MemoryStream(await admin.GetByteArrayAsync($"{at}/d3po.zip")));
        Assert.Equal(14, zip.Entries.Count(entry => entry.FullName.StartsWith("images/", StringComparison.Ordinal)));
        using var labels = new StreamReader(zip.GetEntry("labels/rater1.json")!.Open(), Encoding.UTF8);
        Assert.Equal("[[0,-1,0,0,0,0,0],[-1,0,0,0,0,0,-1]]", await labels.ReadToEndAsync());
    }

    [Fact]
    public async Task A_raters_label_file_is_taken_in_once_and_one_that_does_not_fit_is_refused_with_the_reason()
    {
        await using var seeded = await host.Seed("Import", groups: 2);
        using var admin = await host.SignedIn("Import admin", Role.Admin);
        var epoch = await Epoch(seeded);
        const string Labels = "[[0,-1,0,0,0,0,0],[-1,0,0,0,0,0,-1]]";
        Assert.Equal("ann.json has 1 lists, and the epoch has 2 groups.", await Take("[[0]]"));
        Assert.Equal("ann.json is not a list of lists of −1 and 0.", await Take("<b>"));
        Assert.Equal("ann.json, line 1, column 3: the byte 0xE4 is not text in UTF-8; save the file as UTF-8.", await Send([.. "[["u8, 0xE4]));
        Assert.Equal("Choose a label file first.", await Take(""));
        Assert.Equal("2 votes of ann.json are taken in.", await Send([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Labels)]));
        Assert.Equal("ann.json holds nothing new.", await Take(Labels));
        await using (var db = await seeded.Open())
        {
            Assert.Equal([1, 2], await db.Votes.Where(vote => vote.EpochId == epoch.Id).OrderBy(vote => vote.Id).Select(vote => vote.Flagged).ToListAsync());
        }

        var rater = await host.With<LabelerDb, Guid>(db => db.Users.Where(a => a.DisplayName == "import ann").Select(a => a.Id).SingleAsync());
        Assert.Contains("import ann", await admin.GetStringAsync($"/people/{rater}"), StringComparison.Ordinal);

        await seeded.Get<EpochCycle>().Train(epoch.Id, null);
        Assert.DoesNotContain("Take the labels in", await admin.GetStringAsync($"/p/{seeded.Project.Slug}/epochs"), StringComparison.Ordinal);

        Task<string> Take(string json) => Send(Encoding.UTF8.GetBytes(json));

        async Task<string> Send(byte[] json)
        {
            var page = $"/p/{seeded.Project.Slug}/epochs";
            using var form = new MultipartFormDataContent { { new StringContent(await admin.FormToken(page)), "__RequestVerificationToken" }, { new ByteArrayContent(json), "file", "ann.json" } };
            admin.DefaultRequestHeaders.Referrer = new Uri(admin.BaseAddress!, page);
            Assert.Equal(HttpStatusCode.Found, (await admin.PostAsync($"/epochs/{epoch.Id}/labels", form)).StatusCode);
            var answer = WebUtility.HtmlDecode(await admin.GetStringAsync(page));
            Assert.Contains("Take the labels in", answer, StringComparison.Ordinal);
            return Notice().Match(answer).Groups[1].Value.Trim();
        }
    }

    [Fact]
    public async Task A_trainer_that_cannot_run_is_named_and_labeling_goes_on()
    {
        await using var bare = new WebHost { Settings = [("Trainer:Start", "true"), ("Trainer:EnginePath", "/nowhere/TrainingEngine.dll")] };
        await using var seeded = await SeededProject.Create(bare.Data, "No trainer", LabelingTask.FlagBatch, 1);
        using var admin = await bare.SignedIn("Ada", Role.Admin);
        using var client = await AnnotatorClient.Open(bare, "Bo");
        Assert.Equal(["accepted"], await client.Send(AnnotatorClient.Flag(seeded.Project.Id, (await client.Items(seeded.Project.Id))[0], Guid.NewGuid(), 1)));
        var page = await admin.GetStringAsync($"/p/{seeded.Project.Slug}/epochs");
        Assert.Contains("The trainer cannot run.", page);
        Assert.Contains("/nowhere/TrainingEngine.dll", page);
    }

    private static async Task Press(HttpClient admin, string page, string button, Epoch epoch, params (string Name, string Value)[] fields)
    {
        admin.DefaultRequestHeaders.Referrer = new Uri(admin.BaseAddress!, page);
        Assert.Equal(HttpStatusCode.Found, (await admin.Post(page, $"/epochs/{epoch.Id}/{button}", fields)).StatusCode);
    }

    private static async Task<Epoch> Epoch(SeededProject seeded, int number = 1)
    {
        await using var db = await seeded.Open();
        return await db.Epochs.AsNoTracking().SingleAsync(e => e.ProjectId == seeded.Project.Id && e.Number == number);
    }

    // Other tests of this host leave jobs of the same kind.
    private static async Task<Job> Claim(SeededProject seeded, JobKind kind)
    {
        while (true)
        {
            var job = (await seeded.Get<JobQueue>().Claim("tester", [kind]))!;
            if (job.ProjectId == seeded.Project.Id)
            {
                return job;
            }
        }
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string HashOn(string page) => Hash().Match(page).Groups[1].Value;

    [GeneratedRegex("""name="hash" value="([0-9a-f]{64})""")]
    private static partial Regex Hash();

    [GeneratedRegex("""<div class="notice (?:good|bad)"[^>]*>\s*<div>\s*(.*?)\s*</div>""", RegexOptions.Singleline)]
    private static partial Regex Notice();
}
