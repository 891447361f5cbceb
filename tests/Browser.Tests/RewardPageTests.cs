using Labeler.Shared.Epochs;
using Labeler.Shared.Imaging;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Labeler.Browser.Tests.OwnServer;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>A learned reward from pair votes to an epoch trained on it, with the worker and the bundled model.</summary>
[Collection(nameof(OwnServer))]
public sealed class RewardPageTests(Browsing browsing)
{
    [Fact]
    public async Task A_reward_learned_from_pair_votes_tells_how_often_it_is_right_then_is_accepted_and_trains_an_epoch()
    {
        await using var server = await OwnServer.Start(browsing);
        var (admin, data) = (server.Admin, server.Data);
        var project = await SampledProject.Start(data, "Pairs of hands", groups: 40, passes: 1, LabelingTask.PreferPair, steps: 2);
        await project.Reaches(1, EpochState.Labeling);
        await Paint(data);
        await project.Vote(lease =>
        {
            var firstIsBrighter = Brightness(lease.Item!.First!) > Brightness(lease.Item.Second!);
            return new PairVerdict(firstIsBrighter == lease.FirstOnLeft ? PairPick.Left : PairPick.Right, lease.FirstOnLeft, true, true);
        });

        var page = admin.Page;
        await admin.Go("/compare");
        await page.GetByRole(AriaRole.Link, new() { Name = "Reward models" }).ClickAsync();
        await page.GetByRole(AriaRole.Combobox).SelectOptionAsync("Pairs of hands");
        await page.GetByRole(AriaRole.Button, new() { Name = "Learn a reward" }).ClickAsync();
        var card = page.Locator(".reward", new() { HasText = "Pairs of hands" });
        await Expect(card).ToBeVisibleAsync(new() { Timeout = 5 * Minutes });
        var reward = await data.Read(db => db.LearnedRewards.SingleAsync());
        // Eight groups of six pairs are held out: that many must be right for the interval to lie above a coin's half.
        Assert.Equal((192, 48, true), (reward.LearnedPairs, reward.HeldOut, reward.BeatsGuessing));
        await Expect(card.GetByRole(AriaRole.Row, new() { Name = "Right about held-out pairs" })).ToContainTextAsync(FormattableString.Invariant($"{100.0 * reward.Right / 48:0.0} % of 48 (95 %: "));
        await Expect(card.GetByText("not accepted yet")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Train epoch 1 on it" })).ToHaveCountAsync(0);

        await card.GetByRole(AriaRole.Button, new() { Name = "Accept it as a reward" }).ClickAsync();
        await Expect(card.GetByText("accepted by Ada", new() { Exact = true })).ToBeVisibleAsync();
        await admin.Take("rewards", fullPage: true);
        await card.GetByRole(AriaRole.Button, new() { Name = "Train epoch 1 on it" }).ClickAsync();
        await admin.Confirm();
        await Expect(page.GetByText("The epoch is being trained on the learned reward.")).ToBeVisibleAsync();
        var trained = await project.Reaches(1, EpochState.Complete);
        Assert.Equal(reward.Id, trained.RewardId);

        await admin.Go("/p/pairs-of-hands/epochs");
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "reward model of" })).ToContainTextAsync("% of 48 held-out pairs");
        await admin.Take("epochs-on-reward", fullPage: true);
        await page.GetByRole(AriaRole.Link, new() { Name = "lineage" }).ClickAsync();
        await Expect(page.GetByText("below are the votes that taught it")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "reward model of" }).ClickAsync();
        await Expect(card.GetByRole(AriaRole.Row, new() { Name = "Epochs trained on it" })).ToContainTextAsync("1");
    }

    /// <summary>Paints the sampled pictures over in greys, so that there is something to like about them.</summary>
    private static async Task Paint(OpenedData data)
    {
        await using var db = await data.Open();
        foreach (var image in await db.Images.ToListAsync())
        {
            var (random, rgb) = (new Random((int)image.Id), new byte[3 * 64 * 64]);
            for (var at = 0; at < rgb.Length; at++)
            {
                rgb[at] = (byte)(Brightness(image) + random.Next(-15, 16));
            }
            var hash = await data.Get<FileStore>().Put(new Picture(64, 64, rgb).ToPng());
            await db.Images.Where(one => one.Id == image.Id).ExecuteUpdateAsync(set => set.SetProperty(one => one.ContentHash, hash));
        }
    }

    private static int Brightness(SampleImage image) => 20 + (70 * (int)((image.GroupId + image.Index) % 4));
}
