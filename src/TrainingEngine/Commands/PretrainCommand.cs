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
        var vaeSteps = Count("--vae-steps", "Steps of the autoencoder", defaults.VaeSteps);
        var unetSteps = Count("--unet-steps", "Steps of U-Net and text encoder", defaults.UnetSteps);
        var scenes = Count("--scenes", "Scenes whose latents the U-Net learns from", defaults.Scenes);
        var hands = Share("--deformed-hands", "Share of hands without five fingers that the U-Net learns from", defaults.Flaws.Hands);
        var hazards = Share("--hazards", "Share of compositions with a hazard sign", defaults.Flaws.Art);
        var mirrors = Share("--wrong-reflections", "Share of reflections that are not right", defaults.Flaws.Mirrors);
        var colors = Share("--wrong-colors", "Share of those that have another color", defaults.Flaws.Colors);
        var workers = Count("--workers", "Micro-batches computed at once; other counts give other roundings", 1);
        var threads = Count("--threads", "Threads inside each", 1);
        var command =
            new Command("pretrain", "Makes the bundled model from drawn scenes; resumable, with sample sheets along the way.") { folder,
                seed, vaeSteps, unetSteps, scenes, hands, hazards, mirrors, colors, workers, threads };
        command.Does((parsed, cancel) =>
        {
            var options = defaults with
            {
                Seed = parsed.GetValue(seed),
                VaeSteps = parsed.GetValue(vaeSteps),
                UnetSteps = parsed.GetValue(unetSteps),
                Scenes = parsed.GetValue(scenes),
                Flaws = new(parsed.GetValue(hands), parsed.GetValue(hazards), parsed.GetValue(mirrors), parsed.GetValue(colors)),
            };
            new PretrainRun(parsed.GetValue(folder)!, options, SmallModel.Vae, SmallModel.Unet,
                new ThreadChoice(parsed.GetValue(workers), parsed.GetValue(threads)), Console.Out).Run(cancel);
        });
        return command;
    }

    private static Option<double> Share(string name, string description, double otherwise)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 1))
            {
                result.AddError($"{name} must be between 0 and 1");
            }
        });
        return option;
    }

    private static Option<int> Count(string name, string description, int otherwise)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => otherwise };
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
