using System.Text.RegularExpressions;
using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Labeler.Browser.Tests.OwnServer;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>The product in one go, from an empty folder: everything by the pages, the worker and the bundled model.</summary>
[Collection(nameof(OwnServer))]
public sealed class WholeLoopTests(Browsing browsing)
{
    private const int Groups = 16;

    [Fact]
    public async Task People_label_the_model_learns_and_samples_the_next_epoch()
    {
        await using var server = await OwnServer.Start(browsing);
        await using var bo = await server.Annotator("Bo");
        var (admin, data) = (server.Admin, server.Data);
        await TrainedProject.Make(admin, "Hands", "1 hand",
        [
            ("Settings-GroupSize", "4"), ("Settings-ImagesPerEpoch", $"{Groups * 4}"), ("Settings-EvaluationImages", "4"), ("Sampling-Steps", "5"),
            ("Sampling-GuidanceScale", "1"), ("Settings-SignalBudget", "20"), ("Training-LearningRate", "0.001"), ("Training-ImagesPerStep", "8"),
        ]);

        // The page goes on by itself from "being made" to the first group that is there.
        await bo.Go("/p/hands/label");
        await Expect(bo.Page.Locator("[data-stage] .frame").First).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        await admin.Go("/p/hands/epochs");
        await TrainedProject.CanBeTrained(admin);
        var screen = await LabelingScreen.Open(bo, "hands");
        await Label(bo, screen);
        Assert.Equal((15, 15), await data.Read(async db => (await Standing(db).CountAsync(), await Standing(db).Select(v => v.ItemId).Distinct().CountAsync())));

        var manifest = await Train(admin);
        var first = await TrainedProject.FirstEpoch(data, Groups);
        Assert.Equal((manifest, manifest), (first.ManifestHash, first.Checkpoint!.ManifestHash));

        screen = await LabelingScreen.Open(bo, "hands");
        await screen.Flag(1);
        await screen.Flag(2, 3);
        await screen.AllSaved();
        await admin.Go("/p/hands");
        await Expect(admin.Page.Locator("section", new() { HasText = "Rates per epoch" }).Locator("tbody tr")).ToHaveCountAsync(2);
        await admin.Take("dashboard-two-epochs", fullPage: true);

        await TheAdapterLoads(admin, server.Folder, first.Checkpoint.WeightsHash);
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
        await TrainedProject.Train(admin, "Train on 45 pairs of 15 groups?");
        return manifest;
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
}
