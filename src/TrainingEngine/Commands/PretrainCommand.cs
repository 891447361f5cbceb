using System.CommandLine;
using System.Globalization;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Pretraining;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>pretrain</c>: makes the bundled model from drawn scenes, or one of larger pictures.</summary>
public static class PretrainCommand
{
    public static Command Create()
    {
        var folder =
            new Option<string>("--out") { Description = "Folder of the model; a run that was stopped goes on there", Required = true };
        var seed =
            new Option<long>("--seed")
            {
                Description = "Decides scenes, starting weights and noise",
                DefaultValueFactory = _ => new PretrainOptions().Seed
            };
        var size = Size();
        var vaeSteps = Steps("--vae-steps", "Steps of the autoencoder", options => options.VaeSteps);
        var unetSteps = Steps("--unet-steps", "Steps of U-Net and text encoder", options => options.UnetSteps);
        var scenes = Steps("--scenes", "Scenes whose latents the U-Net learns from", options => options.Scenes);
        var hands = Share("--deformed-hands", "Share of hands without five fingers that the U-Net learns from", flaws => flaws.Hands);
        var hazards = Share("--hazards", "Share of compositions with a hazard sign", flaws => flaws.Art);
        var mirrors = Share("--wrong-reflections", "Share of reflections that are not right", flaws => flaws.Mirrors);
        var colors = Share("--wrong-colors", "Share of those that have another color", flaws => flaws.Colors);
        var workers = new Option<int>("--workers")
        {
            Description = "Micro-batches computed at once; other counts give other roundings",
            DefaultValueFactory = _ => 1
        }.AtLeastOne();
        var threads = new Option<int>("--threads") { Description = "Threads inside each", DefaultValueFactory = _ => 1 }.AtLeastOne();
        var command =
            new Command("pretrain", "Makes the bundled model from drawn scenes; resumable, with sample sheets along the way.") { folder,
                seed, size, vaeSteps, unetSteps, scenes, hands, hazards, mirrors, colors, workers, threads };
        command.Does((parsed, cancel) =>
        {
            var pixels = parsed.GetValue(size);
            var defaults = PretrainOptions.For(pixels);
            var options = defaults with
            {
                Seed = parsed.GetValue(seed),
                VaeSteps = parsed.GetValue(vaeSteps) ?? defaults.VaeSteps,
                UnetSteps = parsed.GetValue(unetSteps) ?? defaults.UnetSteps,
                Scenes = parsed.GetValue(scenes) ?? defaults.Scenes,
                Flaws = new(parsed.GetValue(hands) ?? defaults.Flaws.Hands, parsed.GetValue(hazards) ?? defaults.Flaws.Art,
                    parsed.GetValue(mirrors) ?? defaults.Flaws.Mirrors, parsed.GetValue(colors) ?? defaults.Flaws.Colors),
            };
            new PretrainRun(parsed.GetValue(folder)!, options, SmallModel.Vae(pixels), SmallModel.Unet(pixels),
                new ThreadChoice(parsed.GetValue(workers), parsed.GetValue(threads)), Console.Out).Run(cancel);
        });
        return command;
    }

    private static Option<int> Size()
    {
        var option = new Option<int>("--size")
        {
            Description = "Width and height of its pictures; the other defaults follow it",
            DefaultValueFactory = _ => SmallModel.Sizes[0]
        };
        option.Validators.Add(result =>
        {
            if (!SmallModel.Sizes.Contains(result.GetValueOrDefault<int>()))
            {
                result.AddError($"--size must be {string.Join(" or ", SmallModel.Sizes)}");
            }
        });
        return option;
    }

    private static Option<double?> Share(string name, string description, Func<SceneFlaws, double> defaults)
    {
        var option = new Option<double?>(name) { Description = $"{description} ({BySize(options => defaults(options.Flaws))})" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or (>= 0 and <= 1)))
            {
                result.AddError($"{name} must be between 0 and 1");
            }
        });
        return option;
    }

    private static Option<int?> Steps(string name, string description, Func<PretrainOptions, double> defaults) =>
        new Option<int?>(name) { Description = $"{description} ({BySize(defaults)})" }.AtLeastOne();

    private static Option<T> AtLeastOne<T>(this Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is < 1)
            {
                result.AddError($"{option.Name} must be at least 1");
            }
        });
        return option;
    }

    /// <summary>A default for each size, as help says it.</summary>
    private static string BySize(Func<PretrainOptions, double> value) => string.Join(", ",
        SmallModel.Sizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{value(PretrainOptions.For(size))} at {size}")));
}
