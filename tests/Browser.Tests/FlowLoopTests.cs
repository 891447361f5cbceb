using System.Buffers.Binary;
using System.Text.Json;
using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Epochs;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Labeler.Browser.Tests.OwnServer;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>The whole loop with a model of Stable Diffusion 3's kind, its text encoders trained too.</summary>
[Collection(nameof(Browsing))]
public sealed class FlowLoopTests(Browsing browsing)
{
    private const int Groups = 6;

    [FlowGoldenFact]
    public async Task People_label_what_stable_diffusion_3_made_and_it_learns_and_samples_the_next_epoch()
    {
        await using var server = await OwnServer.Start(browsing);
        await using var bo = await server.Annotator("Bo");
        var (page, data) = (server.Admin.Page, server.Data);
        await MakeProject(server.Admin, TinySd3(Path.Combine(server.Folder, "models", "tiny-sd3")));

        await server.Admin.Go("/p/flow/epochs");
        await Expect(TrainButton(page)).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        var screen = await LabelingScreen.Open(bo, "flow");
        await bo.Take("label-flow");
        for (var n = 0; n < Groups - 1; n++)
        {
            await screen.Flag((n % 4) + 1);
        }

        await screen.AllSaved();
        await server.Admin.Go("/p/flow/epochs");
        await TrainButton(page).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync($"{Groups - 1} groups?");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Epoch 2", Exact = true })).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        await Expect(TrainButton(page)).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });
        await server.Admin.Take("epochs-flow", fullPage: true);
        var first = await data.Read(db => db.Epochs.AsNoTracking().Include(e => e.Checkpoint).SingleAsync(e => e.Number == 1));
        Assert.Equal(EpochState.Complete, first.State);
        var store = data.Get<FileStore>();
        var groups = await data.Read(db => db.Groups.AsNoTracking().Where(g => g.Use == GroupUse.Labeling).ToListAsync());
        Assert.Equal([Groups, Groups], groups.GroupBy(g => g.EpochId).Select(epoch => epoch.Count()));
        Assert.All(groups, group =>
        {
            var origin = Header(store.PathOf(group.TrajectoryHash!)).GetProperty("__metadata__");
            Assert.Equal(group.EpochId == first.Id ? "" : first.Checkpoint!.WeightsHash, origin.GetProperty("adapter_hash").GetString());
            Assert.Equal("sde", origin.GetProperty("noise").GetString());
        });
        string[] keys = [.. Header(store.PathOf(first.Checkpoint!.WeightsHash)).EnumerateObject().Select(tensor => tensor.Name)];
        Assert.Contains(keys, key => key.StartsWith("transformer.transformer_blocks.0.attn.add_q_proj.", StringComparison.Ordinal));
        Assert.Contains(keys, key => key.StartsWith("text_encoder_2.", StringComparison.Ordinal));
    }

    private static async Task MakeProject(Visitor admin, string model)
    {
        var page = admin.Page;
        await admin.Go("/projects/new");
        await page.Locator("#name").FillAsync("Flow");
        await page.Locator("#prompts").FillAsync("a red square\na blue circle");
        await page.Unfold();
        foreach (var (field, value) in new[]
        {
            ("Settings-ModelFolder", model), ("Settings-GroupSize", "4"), ("Settings-ImagesPerEpoch", $"{Groups * 4}"), ("Settings-EvaluationImages", "4"),
            ("Sampling-Steps", "4"), ("Sampling-GuidanceScale", "2"), ("Sampling-Eta", "0.7"), ("Settings-SignalBudget", "20"),
            ("Training-LearningRate", "0.001"), ("Training-ImagesPerStep", "8"),
        })
        {
            await page.Locator($"#{field}").FillAsync(value);
        }

        await page.Locator("input[name='Training.TextEncoders']").CheckAsync();
        await Expect(page.Locator(".project-check")).ToContainTextAsync("Stable Diffusion 3");
        await admin.Take("project-form-flow", fullPage: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create and start sampling" }).ClickAsync();
        await Expect(page.GetByText("The project Flow is made.")).ToBeVisibleAsync();
    }

    /// <summary>The reference data's model, whose CLIP tokenizers lie with those of another.</summary>
    private static string TinySd3(string folder)
    {
        Copy(Path.Combine(GoldenFolder.Flow!, "tiny-sd3"), folder);
        foreach (var tokenizer in new[] { "tokenizer", "tokenizer_2" })
        {
            Copy(GoldenFolder.File("tiny-sdxl", tokenizer), Path.Combine(folder, tokenizer));
        }

        return folder;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, File.ReadAllBytes(file));
        }
    }

    private static ILocator TrainButton(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true });

    private static JsonElement Header(string file)
    {
        var bytes = File.ReadAllBytes(file);
        return JsonDocument.Parse(bytes.AsMemory(8, (int)BinaryPrimitives.ReadInt64LittleEndian(bytes))).RootElement;
    }
}
