using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Tests;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>The whole loop with a model of Stable Diffusion 3's kind, its text encoders trained too.</summary>
[Collection(nameof(OwnServer))]
public sealed class FlowLoopTests(Browsing browsing)
{
    private const int Groups = 6;

    [FlowGoldenFact]
    public async Task People_label_what_stable_diffusion_3_made_and_it_learns_and_samples_the_next_epoch()
    {
        await using var server = await OwnServer.Start(browsing);
        await using var bo = await server.Annotator("Bo");
        var (page, data) = (server.Admin.Page, server.Data);
        await TrainedProject.Make(
            server.Admin, "Flow", "a red square\na blue circle",
            [
                ("Settings-ModelFolder", TinySd3(Path.Combine(server.Folder, "models", "tiny-sd3"))), ("Settings-GroupSize", "4"),
                ("Settings-ImagesPerEpoch", $"{Groups * 4}"), ("Settings-EvaluationImages", "4"), ("Sampling-Steps", "4"),
                ("Sampling-GuidanceScale", "2"), ("Sampling-Eta", "0.7"), ("Settings-SignalBudget", "20"),
                ("Training-LearningRate", "0.001"), ("Training-ImagesPerStep", "8"),
            ],
            async () =>
            {
                await page.Locator("input[name='Training.TextEncoders']").CheckAsync();
                await Expect(page.Locator(".project-check")).ToContainTextAsync("Stable Diffusion 3");
                await server.Admin.Take("project-form-flow", fullPage: true);
            });

        await server.Admin.Go("/p/flow/epochs");
        await TrainedProject.CanBeTrained(server.Admin);
        var screen = await LabelingScreen.Open(bo, "flow");
        await bo.Take("label-flow");
        for (var n = 0; n < Groups - 1; n++)
        {
            await screen.Flag((n % 4) + 1);
        }

        await screen.AllSaved();
        await server.Admin.Go("/p/flow/epochs");
        await TrainedProject.Train(server.Admin, $"{Groups - 1} groups?");
        await server.Admin.Take("epochs-flow", fullPage: true);
        var first = await TrainedProject.FirstEpoch(data, Groups);
        Assert.All(await data.Read(TrainedProject.Groups), group => Assert.Equal("sde", TrainedProject.Origin(data, group, "noise")));
        string[] keys = [.. TrainedProject.Header(data.Get<FileStore>().PathOf(first.Checkpoint!.WeightsHash)).EnumerateObject().Select(tensor => tensor.Name)];
        Assert.Contains(keys, key => key.StartsWith("transformer.transformer_blocks.0.attn.add_q_proj.", StringComparison.Ordinal));
        Assert.Contains(keys, key => key.StartsWith("text_encoder_2.", StringComparison.Ordinal));
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
}
