using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>Buttons of epochs that are pressed again, or on a page that no longer tells how things stand.</summary>
public sealed class PressedTwiceTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Five_presses_of_roll_back_are_one()
    {
        await using var seeded = await Trained("Impatient");
        using var admin = await host.SignedIn("Impatient admin", Role.Admin);
        var page = $"/p/{seeded.Project.Slug}/epochs";
        var button = await admin.RollingBack(page, await Checkpoint(seeded));
        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => admin.Press(button))))
        {
            Assert.EndsWith(page, answer.Headers.Location!.OriginalString);
        }
        Assert.Equal([EpochState.Complete, EpochState.RolledBack, EpochState.Sampling], await States(seeded));
        Assert.Contains("Rolled back. Epoch 3 is being sampled from there.", await admin.GetStringAsync(page));
        Assert.Equal(1, await Jobs(seeded));
    }

    [Fact]
    public async Task A_roll_back_on_an_old_page_is_refused_and_changes_nothing()
    {
        await using var seeded = await Trained("Overtaken");
        using var admin = await host.SignedIn("Overtaken admin", Role.Admin);
        var page = $"/p/{seeded.Project.Slug}/epochs";
        admin.DefaultRequestHeaders.Referrer = new Uri(admin.BaseAddress!, page);
        var (toBase, toFirst) = (await admin.RollingBack(page, ""), await admin.RollingBack(page, await Checkpoint(seeded)));
        await admin.Press(toFirst);
        await admin.Press(toBase);
        Assert.Contains("The epochs are no longer as the page showed them", await admin.GetStringAsync(page));
        Assert.Equal([EpochState.Complete, EpochState.RolledBack, EpochState.Sampling], await States(seeded));
        toBase.Fields.RemoveAll(field => field.Key == "newest");
        await admin.Press(toBase);
        Assert.Contains("The page is too old", await admin.GetStringAsync(page));
        Assert.Equal(3, (await States(seeded)).Count);
    }

    [Fact]
    public async Task Five_presses_of_start_sample_one_epoch()
    {
        using var admin = await host.SignedIn("Eager admin", Role.Admin);
        await using var seeded = await SeededProject.Create(host.Data, "Eager", Labeler.Shared.Projects.LabelingTask.FlagBatch, groups: 1, finish: false);
        var page = $"/p/{seeded.Project.Slug}/epochs";
        await admin.Press(page, "Cancel sampling");
        Assert.Equal([EpochState.Cancelled], await States(seeded));
        var start = await admin.Button(page, "Start another epoch");
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => admin.Press(start)));
        Assert.Equal([EpochState.Cancelled, EpochState.Sampling], await States(seeded));
    }

    [Fact]
    public async Task Whoever_stops_a_sampling_does_not_stop_the_training_that_has_begun_since()
    {
        using var admin = await host.SignedIn("Slow admin", Role.Admin);
        await using var seeded = await SeededProject.Create(host.Data, "Slow", Labeler.Shared.Projects.LabelingTask.FlagBatch, groups: 1, finish: false);
        await seeded.AddGroup(0);
        var page = $"/p/{seeded.Project.Slug}/epochs";
        var cancel = await admin.Button(page, "Cancel sampling");
        await seeded.Finish();
        using var client = await AnnotatorClient.Open(host, "Slow annotator");
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, (await client.Items(seeded.Project.Id))[0], Guid.NewGuid(), 1));
        await admin.Press(page, "Train");
        admin.DefaultRequestHeaders.Referrer = new Uri(admin.BaseAddress!, page);
        await admin.Press(cancel);
        Assert.Contains("Epoch 1 is no longer as the page showed it", await admin.GetStringAsync(page));
        Assert.Equal([EpochState.Frozen], await States(seeded));
        await admin.Press(page, "Cancel training");
        Assert.Equal([EpochState.Labeling], await States(seeded));
    }

    private async Task<SeededProject> Trained(string name)
    {
        var seeded = await host.Seed(name, groups: 1);
        using var client = await AnnotatorClient.Open(host, $"{name} annotator");
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, (await client.Items(seeded.Project.Id))[0], Guid.NewGuid(), 1));
        await seeded.Learn();
        return seeded;
    }

    private static async Task<string> Checkpoint(SeededProject seeded)
    {
        await using var db = await seeded.Open();
        return $"{await db.Checkpoints.Where(c => c.ProjectId == seeded.Project.Id).Select(c => c.Id).SingleAsync()}";
    }

    private static async Task<List<EpochState>> States(SeededProject seeded)
    {
        await using var db = await seeded.Open();
        return await db.Epochs.Where(e => e.ProjectId == seeded.Project.Id).OrderBy(e => e.Number).Select(e => e.State).ToListAsync();
    }

    private static async Task<int> Jobs(SeededProject seeded)
    {
        await using var db = await seeded.Open();
        return await db.Jobs.CountAsync(j => j.ProjectId == seeded.Project.Id && j.Kind == JobKind.Sample && j.State == JobState.Queued);
    }
}
