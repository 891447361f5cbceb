using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

public sealed partial class PhotoTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Photos_go_from_a_zip_to_labels_captions_an_export_and_a_queued_fine_tuning()
    {
        using var admin = await host.SignedIn($"Ada {Guid.NewGuid():N}", Role.Admin);
        var answer = await Upload(admin, "/photos/projects/new", Zip(("image/a.jpg", Picture(1).ToJpeg()), ("mask/a.png", Picture(2).ToPng()), ("b.png", Picture(3).ToPng()), ("broken.jpg", Picture(4).ToJpeg()[..200])), ("name", "Mirrors"), ("task", "Categorise"));
        Assert.Equal("/p/mirrors/photos", answer.Headers.Location!.OriginalString);
        await Imported();
        var page = WebUtility.HtmlDecode(await admin.GetStringAsync("/p/mirrors/photos"));
        Assert.Contains("broken.jpg", page);
        Assert.Contains("0 kept of 2 photos, 2 without a label", page);

        await LabelAll("Label 1");
        page = await admin.GetStringAsync("/p/mirrors/photos/captions");
        var (id, photo) = (CaptionAction().Match(page).Groups[1].Value, CaptionAction().Match(page).Groups[2].Value);
        await admin.Post("/p/mirrors/photos/captions", $"/photos/{id}/photos/{photo}/caption", ("caption", "A cat"), ("keep", ""));
        Assert.Contains("must contain the word", WebUtility.HtmlDecode(await admin.GetStringAsync("/p/mirrors/photos/captions")));
        await admin.Post("/p/mirrors/photos/captions", $"/photos/{id}/photos/{photo}/caption", ("caption", "A cat in a mirror"), ("keep", ""));

        using var zip = new ZipArchive(await admin.GetStreamAsync("/photos/mirrors/curated.zip?keep=Label%201"));
        using var list = new StreamReader(zip.GetEntry("metadata.jsonl")!.Open());
        Assert.Contains("\"text\":\"A cat in a mirror\",\"label\":\"Label 1\"", await list.ReadToEndAsync());
        Assert.Contains("A cat in a mirror", await TablesForPeople.Get(admin, "/photos/mirrors/curated.csv"));
        var job = await host.With<LabelerDb, long>(db => db.Jobs.Where(j => j.Kind == JobKind.Import).Select(j => j.Id).FirstAsync());
        Assert.Contains("mask/a.png,NotToLabel", await TablesForPeople.Get(admin, $"/photos/mirrors/left-out-{job}.csv"));

        var fields = TuneField().Matches(await admin.GetStringAsync("/p/mirrors/photos")).Select(field => (field.Groups[1].Value, field.Groups[2].Value)).ToArray();
        Assert.Equal(8, fields.Length);
        await admin.Post("/p/mirrors/photos", $"/photos/{id}/tune", [.. fields, ("keep", "Label 2")]);
        Assert.Contains("No photo of Label 2 has a caption", WebUtility.HtmlDecode(await admin.GetStringAsync("/p/mirrors/photos")));
        await admin.Post("/p/mirrors/photos", $"/photos/{id}/tune", [.. fields, ("keep", "Label 1")]);
        Assert.Equal(JobState.Queued, await host.With<LabelerDb, JobState>(db => db.Jobs.Where(j => j.Kind == JobKind.FineTune).Select(j => j.State).SingleAsync()));
        await ScoresOfSteps(admin);
        await admin.Post("/p/mirrors/photos", $"/photos/{id}/captions", ("keep", "Label 1"));
        Assert.Contains("No captioner is configured", WebUtility.HtmlDecode(await admin.GetStringAsync("/p/mirrors/photos")));

        // Nothing is sampled or trained on votes here, so nothing offers it.
        foreach (var other in new[] { "/p/mirrors/epochs", "/projects" })
        {
            Assert.DoesNotContain("/start\"", await admin.GetStringAsync(other));
        }
    }

    [Theory]
    [InlineData("no zip at all", "", "truncated or no zip")]
    [InlineData("", "../..", "Only folders below")]
    [InlineData("", "missing", "There is no folder")]
    [InlineData("", "", "Choose a zip")]
    public async Task What_cannot_be_imported_is_refused_and_no_project_is_made(string zip, string folder, string reason)
    {
        using var admin = await host.SignedIn($"Ada {Guid.NewGuid():N}", Role.Admin);
        await Upload(admin, "/photos/projects/new", System.Text.Encoding.UTF8.GetBytes(zip), ("name", "Refused"), ("task", "Score"), ("folder", folder));
        Assert.Contains(reason, WebUtility.HtmlDecode(await admin.GetStringAsync("/photos")));
        Assert.False(await host.With<LabelerDb, bool>(db => db.Projects.AnyAsync(p => p.Name == "Refused")));
    }

    [Fact]
    public async Task The_code_page_of_a_zip_s_names_is_chosen_in_the_form()
    {
        using var admin = await host.SignedIn($"Ada {Guid.NewGuid():N}", Role.Admin);
        var names = CodePagesEncodingProvider.Instance.GetEncoding(932)!;
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true, names))
        {
            foreach (var name in new[] { "鏡.jpg", "窓.jpg" })
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Picture((byte)(7 * name[0])).ToJpeg());
            }
        }
        Assert.Contains("""<option value="932">""", await admin.GetStringAsync("/photos"));
        await Upload(admin, "/photos/projects/new", packed.ToArray(), ("name", "Wrong page"), ("task", "Score"), ("codePage", "65001"));
        Assert.Contains("no code page", WebUtility.HtmlDecode(await admin.GetStringAsync("/photos")));

        await Upload(admin, "/photos/projects/new", packed.ToArray(), ("name", "Kagami"), ("task", "Score"), ("codePage", "932"));
        await Imported();
        Assert.Equal(["窓.jpg", "鏡.jpg"], await host.With<LabelerDb, string[]>(async db => [.. (await db.Photos.Where(p => db.Projects.Any(q => q.Id == p.ProjectId && q.Slug == "kagami")).Select(p => p.Name).ToListAsync()).Order(StringComparer.Ordinal)]));
    }

    [Fact]
    public async Task A_project_of_a_model_has_no_photo_page()
    {
        using var lead = await host.SignedIn($"Lea {Guid.NewGuid():N}", Role.Lead);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/p/hands/photos")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/p/hands/photos/captions")).StatusCode);
    }

    /// <summary>The adapters that a worker hands in along a fine-tuning meet the base model in one evaluation.</summary>
    private async Task ScoresOfSteps(HttpClient lead)
    {
        var job = (await host.With<JobQueue, Job?>(queue => queue.Claim("worker", [JobKind.FineTune])))!;
        foreach (var step in new[] { 2000, 4000 })
        {
            var weights = await host.With<FileStore, string>(files => files.Put(System.Text.Encoding.UTF8.GetBytes($"adapter of step {step}")));
            await host.With<FineTuning, bool>(async tuning =>
            {
                await tuning.Keep(job, "Label 1", step, weights, new Dictionary<SheetSeeds, string>());
                return true;
            });
        }
        await host.With<JobQueue, bool>(queue => queue.Succeed(job));
        var page = await lead.GetStringAsync("/p/mirrors/photos");
        Assert.Contains("step 2000", page);
        Assert.Contains("step 4000", page);
        var run = $"run:{job.Id}:Label 1";
        Assert.Contains($"compare/evaluations/new?run={Uri.EscapeDataString(run)}", page);
        var form = await lead.GetStringAsync($"/compare/evaluations/new?run={Uri.EscapeDataString(run)}");
        Assert.Contains("A cat in a mirror", form);
        Assert.Contains("name=\"Sampling.Steps\" value=\"30\"", form);
        Assert.Contains("name=\"Sampling.GuidanceScale\" value=\"7.5\"", form);
        Assert.Contains("name=\"Raters\" value=\"5\"", form);
        await lead.Submit("/compare/evaluations/new", "evaluation",
        [
            ("Name", "Steps"), ("Kind", "Rubric"), ("Prompts", "A cat in a mirror"), ("PromptsOf", ""), ("FixedEach", "1"), ("RandomEach", "1"), ("FixedSeed", "1"), ("Raters", "1"), ("Guidelines", ""),
            ("Sampling.Steps", "5"), ("Sampling.GuidanceScale", "1"), ("Sampling.Eta", "1"), ("Sampling.NegativePrompt", ""), ("Sampling.Size", "0"), ("Sampling.FlowNoise", "Sde"), ("Sampling.NoisySteps", "0"), ("Sampling.FirstNoisyStep", "0"), ("Checkpoint", run),
        ]);
        var plan = await host.With<LabelerDb, EvaluationPlan>(async db => (await db.Evaluations.SingleAsync()).Plan);
        Assert.Equal([(null, null), ("Mirrors, Label 1", 2000), ("Mirrors, Label 1", 4000)], plan.Contestants.Select(one => (one.Run, one.Step)));
    }

    private async Task Imported()
    {
        while (await host.With<LabelerDb, bool>(db => db.Jobs.AnyAsync(j => j.Kind == JobKind.Import && (j.State == JobState.Queued || j.State == JobState.Running))))
        {
            await Task.Delay(50);
        }
    }

    private async Task LabelAll(string label)
    {
        var project = await host.With<LabelerDb, Project>(db => db.Projects.SingleAsync(p => p.Slug == "mirrors"));
        var person = Guid.NewGuid();
        var taken = await host.With<ItemQueue, IReadOnlyList<long>>(async queue => [.. (await queue.Take(project.Id, person, 16, [])).Leases.Select(lease => lease.ItemId)]);
        Assert.Equal(2, taken.Count);
        foreach (var item in taken)
        {
            await host.With<VoteRecorder, VoteResult>(box => box.Cast(new VoteSubmission(Guid.NewGuid(), item, person, new ChoiceVerdict(label, true, true), 500, DateTimeOffset.UtcNow)));
        }
    }

    private static async Task<HttpResponseMessage> Upload(HttpClient browser, string address, byte[] zip, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await browser.GetStringAsync("/photos")).Groups[1].Value;
        var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" } };
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }
        var file = new ByteArrayContent(zip);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        form.Add(file, "zip", "photos.zip");
        return await browser.PostAsync(address, form);
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return packed.ToArray();
    }

    private static Picture Picture(byte shade) => new(32, 32, [.. Enumerable.Range(0, 32 * 32 * 3).Select(at => (byte)(at * shade))]);

    [GeneratedRegex("""action="photos/(\d+)/photos/(\d+)/caption""")]
    private static partial Regex CaptionAction();

    [GeneratedRegex("""name="(Tune\.\w+)" value="([^"]*)""")]
    private static partial Regex TuneField();

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)""")]
    private static partial Regex Token();
}
