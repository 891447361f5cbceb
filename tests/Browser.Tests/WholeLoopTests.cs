using System.Buffers.Binary;
using System.Text.Json;
using System.Text.RegularExpressions;
using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Epochs;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Labeler.Browser.Tests.OwnServer;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>The product in one go, from an empty folder: everything by the pages, the worker and the bundled model.</summary>
[Collection(nameof(Browsing))]
public sealed class WholeLoopTests(Browsing browsing)
{
    private const int Groups = 16;

    [Fact]
    public async Task People_label_the_model_learns_and_samples_the_next_epoch()
    {
        await using var server = await OwnServer.Start(browsing);
        await using var bo = await server.Annotator("Bo");
        var (admin, data) = (server.Admin, server.Data);
        await MakeProject(admin);

        // The page goes on by itself from "being made" to the first group that is there.
        await bo.Go("/p/hands/label");
        await Expect(bo.Page.Locator("[data-stage] .frame").First).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        await admin.Go("/p/hands/epochs");
        await Expect(TrainButton(admin.Page)).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        var screen = await LabelingScreen.Open(bo, "hands");
        await Label(bo, screen);
        Assert.Equal((15, 15), await data.Read(async db => (await Standing(db).CountAsync(), await Standing(db).Select(v => v.ItemId).Distinct().CountAsync())));

        var manifest = await Train(admin);
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = "Epoch 2", Exact = true })).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        await Expect(TrainButton(admin.Page)).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        var first = await data.Read(db => db.Epochs.AsNoTracking().Include(e => e.Checkpoint).SingleAsync(e => e.Number == 1));
        Assert.Equal((EpochState.Complete, manifest, manifest), (first.State, first.ManifestHash, first.Checkpoint!.ManifestHash));
        await TheTrajectoriesNameTheCheckpoint(data, first);

        screen = await LabelingScreen.Open(bo, "hands");
        await screen.Flag(1);
        await screen.Flag(2, 3);
        await screen.AllSaved();
        await admin.Go("/p/hands");
        await Expect(admin.Page.Locator("section", new() { HasText = "Rates per epoch" }).Locator("tbody tr")).ToHaveCountAsync(2);
        await admin.Take("dashboard-two-epochs", fullPage: true);

        await TheAdapterLoads(admin, server.Folder, first.Checkpoint.WeightsHash);
    }

    private static async Task MakeProject(Visitor admin)
    {
        var page = admin.Page;
        await admin.Go("/projects/new");
        await page.Locator("#name").FillAsync("Hands");
        await page.Locator("#prompts").FillAsync("1 hand");
        await page.Unfold();
        foreach (var (field, value) in new[]
        {
            ("Settings-GroupSize", "4"), ("Settings-ImagesPerEpoch", $"{Groups * 4}"), ("Settings-EvaluationImages", "4"), ("Sampling-Steps", "5"),
            ("Sampling-GuidanceScale", "1"), ("Settings-SignalBudget", "20"), ("Training-LearningRate", "0.001"), ("Training-ImagesPerStep", "8"),
        })
        {
            await page.Locator($"#{field}").FillAsync(value);
        }
        await page.GetByRole(AriaRole.Button, new() { Name = "Create and start sampling" }).ClickAsync();
        await Expect(page.GetByText("The project Hands is made.")).ToBeVisibleAsync();
    }

    private static async Task Label(Visitor bo, LabelingScreen screen)
    {
        for (var n = 0; n < 12; n++)
        {
            await screen.Flag(n % 4 + 1);
        }
        await screen.Press("u");
        await screen.Ready();
        // It comes back as it was judged: its flag is taken off, another put on.
        await screen.Flag(4, 2);
        await screen.AllSaved();

        await screen.Ahead(3);
        bo.Expect("ERR_INTERNET_DISCONNECTED");
        await bo.Context.SetOfflineAsync(true);
        for (var n = 1; n <= 3; n++)
        {
            await screen.Flag(n);
        }
        await screen.Waiting(3);
        await bo.Context.SetOfflineAsync(false);
        await screen.AllSaved();
    }

    /// <summary>Looks at the dry run and presses Train; the manifest that was announced.</summary>
    private static async Task<string> Train(Visitor admin)
    {
        var page = admin.Page;
        await admin.Go("/p/hands/epochs");
        await page.GetByText("Dry run: what Train would use now").ClickAsync();
        await Expect(page.GetByText($"15 of {Groups}")).ToBeVisibleAsync();
        var manifest = (await page.GetByText(new Regex("^Manifest ")).Locator("code").TextContentAsync())!;
        await admin.Take("epoch-dry-run", fullPage: true);
        await TrainButton(page).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Train on 45 pairs of 15 groups?");
        await TrainButton(page.GetByRole(AriaRole.Dialog)).ClickAsync();
        return manifest;
    }

    private static async Task TheTrajectoriesNameTheCheckpoint(OpenedData data, Epoch first)
    {
        var groups = await data.Read(db => db.Groups.AsNoTracking().Where(g => g.Use == GroupUse.Labeling).ToListAsync());
        Assert.Equal([Groups, Groups], groups.GroupBy(g => g.EpochId).Select(epoch => epoch.Count()));
        var origins = groups.Select(g => (g.EpochId, Origin: Metadata(data.Get<FileStore>().PathOf(g.TrajectoryHash!)))).ToList();
        Assert.All(origins, o => Assert.Equal(o.EpochId == first.Id ? "" : first.Checkpoint!.WeightsHash, o.Origin["adapter_hash"]));
        Assert.Single(origins.Select(o => o.Origin["model_hash"]).Distinct());
    }

    private static async Task TheAdapterLoads(Visitor admin, string folder, string weights)
    {
        await admin.Go("/p/hands/epochs");
        var bare = await EngineProgram.Sample(null);
        foreach (var format in new[] { "diffusers", "kohya" })
        {
            var file = Path.Combine(folder, $"{format}.safetensors");
            var download = await admin.Page.RunAndWaitForDownloadAsync(() => admin.Page.GetByRole(AriaRole.Link, new() { Name = format }).First.ClickAsync());
            await download.SaveAsAsync(file);
            if (format == "diffusers")
            {
                Assert.Equal(weights, ContentHash.Of(await File.ReadAllBytesAsync(file)));
            }
            var adapted = await EngineProgram.Sample(file);
            Assert.Equal(2, adapted.Count);
            Assert.All(adapted.Zip(bare), pair => Assert.NotEqual(pair.First, pair.Second));
        }
    }

    private static IQueryable<Vote> Standing(Labeler.Shared.Data.LabelerDb db) => db.Votes.Where(v => v.Kind == VoteKind.Judgement && v.SupersededById == null);

    private static ILocator TrainButton(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true });

    private static ILocator TrainButton(ILocator within) => within.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true });

    /// <summary>The texts in a safetensors file's header.</summary>
    private static Dictionary<string, string> Metadata(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        var header = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
        file.ReadExactly(header);
        return JsonDocument.Parse(header).RootElement.GetProperty("__metadata__").Deserialize<Dictionary<string, string>>()!;
    }
}
