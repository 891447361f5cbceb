using System.IO.Compression;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Shared.Comparisons;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Labeler.Web.Features.Home;
using Labeler.Web.Features.Images;
using Labeler.Web.Tests.Api;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Parquet;

namespace Labeler.Web.Tests;

/// <summary>Every way by which a picture leaves the server, with files that say more than their pixels.</summary>
public sealed partial class DeliveredPictureTests(WebHost host) : IClassFixture<WebHost>
{
    // Whoever adds an address that sends files says here whether pictures are among them; and if so, adds a test of its bytes below.
    private static readonly string[] Pictures =
    [
        "/api/images/{hash}/{side:int}.webp", "/api/images/{hash}/original", "/api/v1/pictures/{hash}", "/compare/runs/{name}/training.png", "/epochs/{id:long}/d3po.zip", "/photos/{slug}/curated.zip",
        "/sets/{slug}/exports/{job:long}",
    ];

    private static readonly string[] NoPictures =
    [
        "/_blazor", "/_blazor/disconnect", "/_blazor/initializers", "/_blazor/negotiate", "/_framework/opaque-redirect", "/health", "/health/ready", "/css/mud-theme.css", "/api/session", "/api/places", "/api/projects/{project:long}/queue", "/api/projects/{project:long}/votes/recent",
        "/api/v1/me", "/api/v1/projects", "/api/v1/projects/{project:long}", "/api/v1/projects/{project:long}/prompts", "/api/v1/projects/{project:long}/epochs", "/api/v1/projects/{project:long}/checkpoints",
        "/api/v1/projects/{project:long}/jobs", "/api/v1/projects/{project:long}/votes", "/api/v1/projects/{project:long}/figures", "/api/v1/epochs/{epoch:long}/pictures", "/api/v1/epochs/{epoch:long}/plan",
        "/api/v1/epochs/{epoch:long}/preferences", "/sets/{slug}/exports/{job:long}/sha256", "/lineage/{id:long}/card.md",
        "/lineage/{id:long}/weights.zip",
        .. OldAddresses.Patterns,
    ];

    public static TheoryData<string> Kinds => [.. TaggedPicture.Kinds];

    private FileStore Files => host.Services.GetRequiredService<FileStore>();

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_a_picture_says_besides_its_pixels_is_in_the_test_s_own_files(string kind)
    {
        await Task.CompletedTask;
        var traces = TaggedPicture.Traces(TaggedPicture.Of(kind));
        Assert.Contains(traces, trace => trace.StartsWith("icc-", StringComparison.Ordinal));
        Assert.Contains(traces, trace => trace.StartsWith("xmp-", StringComparison.Ordinal) || trace.Contains(TaggedPicture.Secret, StringComparison.Ordinal));
        Assert.False(TaggedPicture.IsUprightAndSrgb(TaggedPicture.Of(kind)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Small_and_whole_pictures_are_sent_as_pixels_alone(string kind)
    {
        var hash = await Files.Put(TaggedPicture.Of(kind));
        using var annotator = await host.SignedIn($"Viewer of {kind}", Role.Annotator);
        foreach (var name in Thumbnails.Sides.Select(side => $"{side}.webp").Append("original"))
        {
            Clean(await annotator.GetByteArrayAsync($"/api/images/{hash}/{name}"));
        }
        using var program = await host.Program($"Viewer of {kind}", TokenScope.Read);
        Clean(await program.GetByteArrayAsync($"/api/v1/pictures/{hash}"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Pictures_of_guidelines_are_sent_as_pixels_alone(string kind)
    {
        using var admin = await host.SignedIn($"Writer of {kind}", Role.Admin);
        var project = Project.Create($"Guided by {kind.Replace('.', ' ')}", LabelingTask.FlagBatch, new(), DateTimeOffset.UtcNow);
        project.UsePrompts(["1 hand"]);
        await host.With<LabelerDb, int>(db => { db.Add(project); return db.SaveChangesAsync(); });
        using var form = new MultipartFormDataContent
        {
            { new StringContent(await admin.FormToken($"/p/{project.Slug}/settings")), "__RequestVerificationToken" }, { new StringContent("So"), "caption" }, { new ByteArrayContent(TaggedPicture.Of(kind)), "picture", "x" },
        };
        await admin.PostAsync($"/projects/{project.Id}/examples", form);
        var guidelines = (await host.With<LabelerDb, Project>(db => db.Projects.AsNoTracking().SingleAsync(p => p.Id == project.Id))).Settings.Guidelines;
        Clean(await admin.GetByteArrayAsync(Address().Match(guidelines).Value));
        Assert.Empty(TaggedPicture.Traces(await Files.Read(Address().Match(guidelines).Groups[1].Value)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Sheets_of_runs_are_sent_as_pixels_alone(string kind)
    {
        var there = Directory.CreateDirectory(Path.Combine(host.Data, "runs", $"sheet {kind}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(there, "results.csv"), ReproducedRun.RewardHeader + "\nd3po,0,0,0,1,1,0.2,1,1\n");
        await File.WriteAllBytesAsync(Path.Combine(there, RunFiles.SheetName), TaggedPicture.Of(kind));
        using var lead = await host.SignedIn($"Reader of {kind}", Role.Lead);
        Clean(await lead.GetByteArrayAsync($"/compare/runs/sheet%20{kind}/training.png"));
    }

    [Fact]
    public async Task Pictures_of_a_label_export_are_pixels_alone()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Exported", LabelingTask.FlagBatch, 1, finish: false);
        await seeded.AddGroup(0, "1 hand", [.. Enumerable.Range(0, 7).Select(n => (TaggedPicture.Of(TaggedPicture.Kinds[n % TaggedPicture.Kinds.Length], n), 64, 32))]);
        await seeded.Finish();
        using var client = await AnnotatorClient.Open(host, "Export annotator");
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, Assert.Single(await client.Items(seeded.Project.Id)), Guid.NewGuid(), 1));
        using var admin = await host.SignedIn("Export admin", Role.Admin);
        var epoch = await host.With<LabelerDb, long>(db => db.Epochs.Where(e => e.ProjectId == seeded.Project.Id).Select(e => e.Id).SingleAsync());
        Assert.Equal(7, await CleanZip(await admin.GetByteArrayAsync($"/epochs/{epoch}/d3po.zip")));
    }

    [Fact]
    public async Task Pictures_of_a_preference_set_are_pixels_alone()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Set", LabelingTask.FlagBatch, 1, finish: false);
        await seeded.AddGroup(0, "1 hand", [.. Enumerable.Range(0, 7).Select(n => (TaggedPicture.Of(TaggedPicture.Kinds[n % TaggedPicture.Kinds.Length], n), 64, 32))]);
        await seeded.Finish();
        using var client = await AnnotatorClient.Open(host, "Set annotator");
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, Assert.Single(await client.Items(seeded.Project.Id)), Guid.NewGuid(), 1));
        using var lead = await host.SignedIn("Set lead", Role.Lead);
        await lead.Post("/p/set/data", $"/sets/{seeded.Project.Id}/export", ("format", "pick-a-pic"));
        Job job;
        while (!(job = await host.With<LabelerDb, Job>(db => db.Jobs.AsNoTracking().SingleAsync(j => j.Kind == JobKind.Export))).IsOver)
        {
            await Task.Delay(50);
        }
        await using var parquet = await ParquetReader.CreateAsync(new MemoryStream(await lead.GetByteArrayAsync($"/sets/set/exports/{job.Id}")));
        using var rows = parquet.OpenRowGroupReader(0);
        foreach (var column in parquet.Schema.DataFields.Where(field => field.Name.StartsWith("jpg_", StringComparison.Ordinal)))
        {
            var pictures = new byte[]?[rows.RowCount];
            await rows.ReadAsync(column, pictures.AsMemory());
            Assert.Equal(6, pictures.Length);
            Assert.All(pictures, picture => Clean(picture!));
        }
    }

    [Fact]
    public async Task Pictures_of_a_curated_set_are_pixels_alone()
    {
        using var admin = await host.SignedIn("Curator", Role.Admin);
        string[] still = [.. TaggedPicture.Kinds.Where(kind => kind != "moving.webp")];
        foreach (var kind in still)
        {
            var folder = Directory.CreateDirectory(Path.Combine(host.Data, "import", "tagged")).FullName;
            await File.WriteAllBytesAsync(Path.Combine(folder, $"x.{kind}"), TaggedPicture.Of(kind));
        }
        using var form = new MultipartFormDataContent
        {
            { new StringContent(await admin.FormToken("/photos")), "__RequestVerificationToken" }, { new StringContent("Tagged"), "name" }, { new StringContent("Categorise"), "task" }, { new StringContent("tagged"), "folder" },
        };
        var made = await admin.PostAsync("/photos/projects/new", form);
        Assert.Equal("/p/tagged/photos", made.Headers.Location!.OriginalString);
        while (await host.With<LabelerDb, bool>(db => db.Jobs.AnyAsync(j => j.Kind == JobKind.Import && (j.State == JobState.Queued || j.State == JobState.Running))))
        {
            await Task.Delay(50);
        }
        var project = await host.With<LabelerDb, long>(db => db.Projects.Where(p => p.Slug == "tagged").Select(p => p.Id).SingleAsync());
        var person = Guid.NewGuid();
        foreach (var item in await host.With<ItemQueue, long[]>(async queue => [.. (await queue.Take(project, person, 16, [])).Leases.Select(lease => lease.ItemId)]))
        {
            await host.With<VoteRecorder, VoteResult>(box => box.Cast(new VoteSubmission(Guid.NewGuid(), item, person, new ChoiceVerdict("Label 1", true, true), 500, DateTimeOffset.UtcNow)));
        }
        Assert.Equal(still.Length, await CleanZip(await admin.GetByteArrayAsync("/photos/tagged/curated.zip?keep=Label%201")));
    }

    [Fact]
    public async Task What_earlier_versions_kept_for_browsers_is_removed()
    {
        await using var later = new WebHost();
        var older = Directory.CreateDirectory(Path.Combine(later.Data, "thumbnails", "ab")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(older, "abc-whole"), TaggedPicture.Of("jpg"));
        using var annotator = await later.SignedIn("Late", Role.Annotator);
        await annotator.GetAsync($"/api/images/{new string('0', 64)}/original");
        Assert.False(Directory.Exists(Path.GetDirectoryName(older)));
    }

    [Fact]
    public void No_address_sends_files_unless_it_is_said_whether_pictures_are_among_them()
    {
        var sending = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is null && e.Metadata.All(m => m.GetType().Name != "StaticAssetDescriptor"))
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>() is not { } methods || methods.HttpMethods.Contains("GET"))
            .Select(e => "/" + e.RoutePattern.RawText!.Trim('/')).Where(pattern => !IsText().IsMatch(pattern)).Distinct();
        Assert.Equal(Pictures.Concat(NoPictures).Order(StringComparer.Ordinal), sending.Order(StringComparer.Ordinal));
    }

    private static void Clean(byte[] file)
    {
        Assert.Empty(TaggedPicture.Traces(file));
        Assert.True(TaggedPicture.IsUprightAndSrgb(file));
    }

    private static async Task<int> CleanZip(byte[] packed)
    {
        var pictures = 0;
        using var zip = new ZipArchive(new MemoryStream(packed));
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.StartsWith("images/", StringComparison.Ordinal)))
        {
            using var content = new MemoryStream();
            await using var picture = await entry.OpenAsync();
            await picture.CopyToAsync(content);
            Clean(content.ToArray());
            pictures++;
        }
        return pictures;
    }

    [GeneratedRegex("/api/images/([0-9a-f]{64})/original")]
    private static partial Regex Address();

    // Tables, lines of JSON and weights.
    [GeneratedRegex(@"\.(csv|jsonl|json)$|/checkpoints/|/rewards/")]
    private static partial Regex IsText();
}
