using System.CommandLine;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Pretraining;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>pretrain</c>: makes the bundled model from drawn scenes.</summary>
public static class PretrainCommand
{
    public static Command Create()
    {
        var defaults = new PretrainOptions();
        var folder =
            new Option<string>("--out") { Description = "Folder of the model; a run that was stopped goes on there", Required = true };
        var seed =
            new Option<long>("--seed")
            {
                Description = "Decides scenes, starting weights and noise",
                DefaultValueFactory = _ => defaults.Seed
            };
        var vaeSteps = Steps("--vae-steps", "Steps of the autoencoder", defaults.VaeSteps);
        var unetSteps = Steps("--unet-steps", "Steps of U-Net and text encoder", defaults.UnetSteps);
        var scenes = Steps("--scenes", "Scenes whose latents the U-Net learns from", defaults.Scenes);
        var workers = Steps("--workers", "Micro-batches computed at once; other counts give other roundings", 1);
        var threads = Steps("--threads", "Threads inside each", 1);
        var command =
            new Command("pretrain", "Makes the bundled model from drawn scenes; resumable, with sample sheets along the way.") { folder,
                seed, vaeSteps, unetSteps, scenes, workers, threads };
        command.Does((parsed, cancel) =>
        {
            var options = defaults with
            {
                Seed = parsed.GetValue(seed),
                VaeSteps = parsed.GetValue(vaeSteps),
                UnetSteps = parsed.GetValue(unetSteps),
                Scenes = parsed.GetValue(scenes),
            };
            new PretrainRun(parsed.GetValue(folder)!, options, SmallModel.Vae, SmallModel.Unet,
                new ThreadChoice(parsed.GetValue(workers), parsed.GetValue(threads)), Console.Out).Run(cancel);
        });
        return command;
    }

    private static Option<int> Steps(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be at least 1");
            }
        });
        return option;
    }
}
