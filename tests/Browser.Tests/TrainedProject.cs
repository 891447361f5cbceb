using System.Buffers.Binary;
using System.Text.Json;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Labeler.Browser.Tests.OwnServer;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>A project that goes once around the loop by the pages: made, sampled, trained, sampled again.</summary>
internal static class TrainedProject
{
    /// <summary>Fills in the form and starts sampling.</summary>
    /// <param name="fields">Ids of fields with what is written into them.</param>
    /// <param name="more">What else is done on the form before it is sent.</param>
    public static async Task Make(Visitor admin, string name, string prompts, (string Id, string Value)[] fields, Func<Task>? more = null)
    {
        var page = admin.Page;
        await admin.Go("/projects/new");
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#prompts").FillAsync(prompts);
        await page.Unfold();
        foreach (var (id, value) in fields)
        {
            await page.Locator($"#{id}").FillAsync(value);
        }
        await (more?.Invoke() ?? Task.CompletedTask);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create and start sampling" }).ClickAsync();
        await Expect(page.GetByText($"The project {name} is made.")).ToBeVisibleAsync();
    }

    /// <summary>Waits on the page of epochs until one could be trained.</summary>
    public static Task CanBeTrained(Visitor admin) => Expect(TrainButton(admin.Page)).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });

    /// <summary>Presses Train, agrees to <paramref name="question"/>, and waits until the next epoch could be trained.</summary>
    public static async Task Train(Visitor admin, string question)
    {
        var page = admin.Page;
        await TrainButton(page).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync(question);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Epoch 2", Exact = true })).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        await CanBeTrained(admin);
    }

    /// <summary>The first epoch, complete. Trajectories of the second name the checkpoint that it ended with.</summary>
    public static async Task<Epoch> FirstEpoch(OpenedData data, int groups)
    {
        var first = await data.Read(db => db.Epochs.AsNoTracking().Include(e => e.Checkpoint).SingleAsync(e => e.Number == 1));
        Assert.Equal(EpochState.Complete, first.State);
        var made = await data.Read(Groups);
        Assert.Equal([groups, groups], made.GroupBy(group => group.EpochId).Select(epoch => epoch.Count()));
        Assert.All(made, group => Assert.Equal(group.EpochId == first.Id ? "" : first.Checkpoint!.WeightsHash, Origin(data, group, "adapter_hash")));
        Assert.Single(made.Select(group => Origin(data, group, "model_hash")).Distinct());
        return first;
    }

    public static Task<List<Group>> Groups(LabelerDb db) => db.Groups.AsNoTracking().Where(group => group.Use == GroupUse.Labeling).ToListAsync();

    /// <summary>What a group's trajectory says of where it comes from.</summary>
    public static string? Origin(OpenedData data, Group group, string key) =>
        Header(data.Get<FileStore>().PathOf(group.TrajectoryHash!)).GetProperty("__metadata__").GetProperty(key).GetString();

    /// <summary>The header of a safetensors file.</summary>
    public static JsonElement Header(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        var header = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
        file.ReadExactly(header);
        return JsonDocument.Parse(header).RootElement;
    }

    private static ILocator TrainButton(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true });
}
