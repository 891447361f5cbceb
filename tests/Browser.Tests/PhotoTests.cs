using System.IO.Compression;
using System.Text.RegularExpressions;
using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Tests.Photos;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Labeler.Browser.Tests.OwnServer;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>
/// Curating in one go: a zip of real and drawn photos, labels by keyboard, captions by a stand-in endpoint and by hand, a short fine-tuning with the bundled
/// model, and scores by people of what the base model and the adapter make after each of its steps.
/// </summary>
[Collection(nameof(OwnServer))]
public sealed class PhotoTests(Browsing browsing)
{
    private const int Photos = 60, RealPhotos = 12;

    [Fact]
    public async Task Sixty_photos_become_labels_captions_an_adapter_and_scores_of_what_it_makes()
    {
        await using var endpoint = new StandIn(StandIn.Body(429, "", ("Retry-After", "0")), StandIn.Says("a picture without the word"), StandIn.Says("A thing and its mirror image"));
        await using var server = await OwnServer.Start(
            browsing, $"Captions:Endpoint={endpoint.Address}", "Captions:Model=seer", "Captions:RequestsPerMinute=100000", "Captions:InputPrice=2");
        var (admin, data) = (server.Admin, server.Data);
        await Import(admin);
        await Expect(admin.Page.GetByText($"0 kept of {Photos} photos, {Photos} without a label")).ToBeVisibleAsync(new() { Timeout = 3 * Minutes });
        await Expect(admin.Page.GetByRole(AriaRole.Cell, new() { Name = "photos.zip" })).ToBeVisibleAsync();

        var screen = await LabelingScreen.Open(admin, "mirrors");
        for (var n = 0; n < 30; n++)
        {
            await screen.Press(n % 3 == 2 ? "3" : n % 3 == 1 ? "2" : "1");
            await screen.Ready();
        }
        await screen.AllSaved();

        await admin.Go("/p/mirrors/photos/captions");
        await admin.Page.GetByLabel("What does the picture show?").FillAsync("A drawing with a mirror, told by a person");
        await admin.Take("caption");
        await admin.Page.Keyboard.PressAsync("Enter");
        await Expect(admin.Page.GetByText("1 of 20", new() { Exact = true })).ToBeVisibleAsync();
        await admin.Go("/p/mirrors/photos");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Let seer write them" }).ClickAsync();
        await admin.Confirm();
        await Expect(admin.Page.GetByText("20 of 20", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 3 * Minutes });
        Assert.Equal(21, endpoint.Asked.Count);
        await Tune(admin);

        Assert.Equal([("Label 1", 2), ("Label 1", 4), ("Label 2", 2), ("Label 2", 4)], (await data.Read(db => db.Checkpoints.OrderBy(c => c.Id).ToListAsync())).Select(c => (c.Name!, c.Step!.Value)));
        Assert.Equal(JobState.Succeeded, await data.Read(db => db.Jobs.Where(j => j.Kind == JobKind.FineTune).Select(j => j.State).SingleAsync()));
        Assert.Equal("A drawing with a mirror, told by a person", await data.Read(db => db.Photos.Where(p => p.CaptionBy == "Ada").Select(p => p.Caption).SingleAsync()));
        await Evaluate(admin, data);
    }

    private static async Task Import(Visitor admin)
    {
        var page = admin.Page;
        await admin.Go("/photos");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Mirrors");
        await page.GetByLabel("Zip of pictures").SetInputFilesAsync(new FilePayload { Name = "photos.zip", MimeType = "application/zip", Buffer = Zip() });
        await admin.Take("photos-new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await Expect(page.GetByText("its photos are being imported")).ToBeVisibleAsync();
    }

    private static async Task Tune(Visitor admin)
    {
        var page = admin.Page;
        await page.GetByText("Train an adapter").ClickAsync();
        foreach (var (field, value) in new[] { ("Steps", "4"), ("LearningRate", "0.001"), ("WarmUpSteps", "1"), ("ImagesPerStep", "4"), ("EvaluateEvery", "2"), ("EvaluationImages", "2") })
        {
            await page.Locator($"#Tune-{field}").FillAsync(value);
        }
        await page.GetByRole(AriaRole.Button, new() { Name = "Fine-tune" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "Label 2", Exact = true })).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("Label 2, the same noise") })).ToBeVisibleAsync();
        await admin.Take("photos", fullPage: true);
    }

    /// <summary>Scores what the base model and each step of Label 1's adapter make, from the photos' page to the figure over steps.</summary>
    private static async Task Evaluate(Visitor admin, OpenedData data)
    {
        var page = admin.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Let people score Label 2's steps" }).ClickAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Mirrors, Label 2" }).GetByLabel("Every step").UncheckAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Mirrors, Label 1" }).GetByLabel("Every step").CheckAsync();
        await page.Locator("#name").FillAsync("How right");
        await page.Locator("#prompts").FillAsync("A thing and its mirror image");
        await admin.Take("evaluation-steps-new", fullPage: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the pictures" }).ClickAsync();
        await Expect(page.GetByText("6 pictures are being made, then people are asked 6 questions.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Pictures and votes" })).ToBeVisibleAsync(new() { Timeout = 5 * Minutes });

        // The base model is given 0, the adapter 3 after two steps, and after four 10 at the fixed seed and 6 at the random one; which is whose only the database knows.
        var numbers = await data.Read(db => db.Evaluations.Join(db.Groups, e => e.ProjectId, g => g.ProjectId, (_, g) => g).SelectMany(g => g.Images, (g, i) => new { i.ContentHash, g.Number }).ToListAsync());
        string[] keys = ["1", "1", "3", "3", "5", "4"];
        var screen = await LabelingScreen.Open(admin, "how-right");
        for (var n = 0; n < 6; n++)
        {
            var shown = (await page.Locator("[data-stage] .frame img").First.GetAttributeAsync("src"))!;
            await screen.Press(keys[numbers.Find(one => shown.Contains(one.ContentHash, StringComparison.Ordinal))!.Number]);
            await screen.AllSaved();
            if (n < 5)
            {
                await screen.Ready();
            }
        }
        await screen.Notice("done");

        await admin.Go("/compare/evaluations/how-right");
        var steps = page.Locator("section", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Scores over training steps" }) });
        await Expect(steps.GetByRole(AriaRole.Img, new() { Name = "Step 0: 0: 100.0 %" })).ToHaveCountAsync(2);
        await Expect(steps.GetByRole(AriaRole.Img, new() { Name = "Step 2: 0: 0.0 %, 1: 0.0 %, 3: 100.0 %" })).ToHaveCountAsync(2);
        await Expect(steps.Locator("circle")).ToHaveCountAsync(6 + 2);
        var csv = await (await page.APIRequest.GetAsync("/compare/evaluations/how-right/steps.csv")).TextAsync();
        Assert.Equal(
            ["0,fixed,1,1,0", "2,fixed,1,1,3", "4,fixed,1,1,10", "0,random,1,1,0", "2,random,1,1,3", "4,random,1,1,6"],
            csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => string.Join(',', line.Replace("\"Mirrors, Label 1\",", "", StringComparison.Ordinal).Split(',').Take(5))));
        await Expect(page.GetByText("mean 10.00")).ToBeVisibleAsync();
        await admin.Take("evaluation-scores", fullPage: true);
    }

    /// <summary>A dozen photographs; pieces of the bundled model's samples in each format, masks beside them; and one file that is no picture.</summary>
    private static byte[] Zip()
    {
        var sheet = Picture.Decode(File.ReadAllBytes(Repository.At("models", "mirror-world", "samples.webp")));
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (n, file) in Photographs.Files.Take(RealPhotos).Index())
            {
                Add(zip, $"set/image/{n:00}-{Path.GetFileName(file)}", File.ReadAllBytes(file));
            }
            for (var n = RealPhotos; n < Photos; n++)
            {
                var piece = Piece(sheet, n);
                var (ending, content) = (n % 3) switch { 0 => ("jpg", piece.ToJpeg()), 1 => ("png", piece.ToPng()), _ => ("webp", Thumbnail.WebP(piece.ToPng(), Math.Max(piece.Width, piece.Height))) };
                Add(zip, $"set/image/{n:00}.{ending}", content);
                Add(zip, $"set/mask/{n:00}.png", piece.ToPng());
            }
            Add(zip, "set/image/broken.jpg", Piece(sheet, 1).ToJpeg()[..300]);
        }
        return packed.ToArray();
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(content);
    }

    private static Picture Piece(Picture sheet, int number)
    {
        const int Side = 128;
        var (left, top) = (number * 37 % (sheet.Width - Side), number * 53 % (sheet.Height - Side));
        var rgb = new byte[3 * Side * Side];
        for (var row = 0; row < Side; row++)
        {
            Array.Copy(sheet.Rgb, 3 * ((top + row) * sheet.Width + left), rgb, 3 * row * Side, 3 * Side);
        }
        return new(Side, Side, rgb);
    }
}
