using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>info</c>: what the engine runs on, and what a model folder holds.</summary>
public static class InfoCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "a model folder to describe" };
        var command = new Command("info", "Shows the versions, the devices and, with --model, what a model folder holds.") { model };
        command.Does((parsed, _) =>
        {
            Describe();
            if (parsed.GetValue(model) is { } folder)
            {
                Describe(folder);
            }
        });
        return command;
    }

    private static void Describe()
    {
        string build = typeof(InfoCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "unknown";
        int devices = cuda.device_count();
        Row("engine", build);
        Row("libtorch",
            $"{(LibTorch.Folder is { } folder && LibTorch.VersionOf(folder) is { } version ? version : __version__)} from "
                + $"{LibTorch.Folder ?? "its package"}");
        Row("device", devices > 0 ? $"cuda ({devices})" : "cpu");
        Row("threads", $"{get_num_threads()} of {Environment.ProcessorCount} cores");
        Row("runtime",
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
        Row("memory", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0.0} GB");
    }

    private static void Describe(string folder)
    {
        StableDiffusion model = StableDiffusion.Load(folder);
        NoiseScheduleOptions schedule = NoiseScheduleOptions.Read(Path.Combine(folder, "scheduler"));
        long size = model.Unet.Config.SampleSize * model.Vae.Config.Factor;
        Row("model", folder);
        Row("hash", ModelHash.Of(folder));
        Row("text", string.Join(" and ", model.TextEncoders.Zip(model.Tokenizers, (encoder, tokenizer) =>
            $"{Millions(encoder.Parameters)} parameters, {tokenizer.VocabularySize} tokens, {tokenizer.MaxLength} at once")));
        Row("u-net", $"{Millions(model.Unet.Parameters)} parameters, channels {string.Join("-", model.Unet.Config.Channels)}");
        Row("vae",
            $"{Millions(model.Vae.Parameters)} parameters, factor {model.Vae.Config.Factor}, scale "
                + $"{model.Vae.Config.ScalingFactor.ToString(CultureInfo.InvariantCulture)}");
        Row("images", $"{size} x {size} pixels");
        Row("schedule",
            $"{schedule.TrainTimesteps} timesteps, {schedule.BetaSchedule} {schedule.BetaStart} to {schedule.BetaEnd}, predicts "
                + $"{schedule.Prediction}");
    }

    private static string Millions(IReadOnlyDictionary<string, Tensor> parameters) =>
        $"{parameters.Values.Sum(weight => weight.numel()) / 1e6:0.00} M";

    private static void Row(string name, string value) => Console.WriteLine($"{name,-9} {value}");
}
