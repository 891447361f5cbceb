using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>Label 1, 2, 3 and rankings, from the pictures to the next epoch.</summary>
[Collection(nameof(OwnServer))]
public sealed class CategoryTests(Browsing browsing)
{
    [Fact]
    public async Task A_category_project_trains_on_what_somebody_sorted_by_keyboard_and_its_next_epoch_is_sampled()
    {
        await using var server = await OwnServer.Start(browsing);
        await using var bo = await server.Annotator("Bo");
        var project = await SampledProject.Start(server.Data, "Sorted", groups: 2, passes: 1, LabelingTask.Categorise);
        await project.Reaches(1, EpochState.Labeling);

        var screen = await LabelingScreen.Open(bo, "sorted");
        await Expect(bo.Page.Locator(".choice-example")).ToHaveCountAsync(3);
        Assert.True(await bo.Page.Locator(".choice-example").First.EvaluateAsync<bool>("image => image.decode().then(() => image.naturalWidth > 0)"));
        await bo.Take("categories");
        for (var picture = 0; picture < 8; picture++)
        {
            await Expect(bo.Page.Locator("[data-stage] .frame.seen")).ToBeVisibleAsync();
            var shown = await bo.Page.Locator("[data-stage] img").First.GetAttributeAsync("src");
            await screen.Press($"{(picture % 2) + 1}");
            await Expect(bo.Page.Locator($"[data-stage] img[src='{shown}']")).ToHaveCountAsync(0);
        }
        await screen.AllSaved();
        Assert.Equal(8, await server.Data.Read(db => db.Items.CountAsync(item => item.ProjectId == project.Project.Id && item.Votes == 1)));

        await server.Admin.Go("/p/sorted/epochs");
        await Expect(server.Admin.Page.GetByText("8 of ", new() { Exact = false }).First).ToBeVisibleAsync();
        await server.Data.Get<Labeler.Shared.Training.EpochCycle>().Train((await project.Reaches(1, EpochState.Labeling)).Id, null);
        var next = await project.Reaches(2, EpochState.Labeling);
        Assert.NotNull(next.SampledById);
    }

    [Fact]
    public async Task A_ranking_project_trains_on_what_somebody_ordered_by_keyboard_and_its_next_epoch_is_sampled()
    {
        await using var server = await OwnServer.Start(browsing);
        await using var bo = await server.Annotator("Bo");
        var project = await SampledProject.Start(server.Data, "Ordered", groups: 2, passes: 1, LabelingTask.Rank);
        await project.Reaches(1, EpochState.Labeling);

        var screen = await LabelingScreen.Open(bo, "ordered");
        for (var group = 0; group < 2; group++)
        {
            await screen.Ready();
            await screen.Press("2", "4", "1", "Enter");
        }
        await screen.AllSaved();
        var manifest = (await server.Data.Get<Labeler.Shared.Training.EpochCycle>().DryRun((await project.Reaches(1, EpochState.Labeling)).Id)).Manifest;
        Assert.All(manifest.Groups, group => Assert.Equal([(0, 2), (1, 0), (1, 2), (1, 3), (3, 0), (3, 2)], group.Preferences.Select(pair => (pair.Winner, pair.Loser)).Order()));
        Assert.Equal(2, manifest.Groups.Count);

        await server.Admin.Go("/p/ordered/epochs");
        await Expect(server.Admin.Page.GetByText("12 of ", new() { Exact = false }).First).ToBeVisibleAsync();
        await server.Data.Get<Labeler.Shared.Training.EpochCycle>().Train((await project.Reaches(1, EpochState.Labeling)).Id, null);
        Assert.NotNull((await project.Reaches(2, EpochState.Labeling)).SampledById);
    }
}
