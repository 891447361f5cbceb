using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Models.UNet;
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
        long size = model.Denoiser.SampleSize * model.Vae.Config.Factor;
        Row("model", folder);
        if (Directory.Exists(folder) && ModelFolder.Variants(folder) is { Count: > 0 } variants)
        {
            Row("variants", $"{string.Join(", ", variants)} (--variant)");
        }

        Row("hash", ModelHash.Of(folder));
        Row("text", string.Join(" and ", model.TextEncoders.Zip(model.Tokenizers, (encoder, tokenizer) =>
            $"{Millions(encoder.Parameters)} parameters, {tokenizer.VocabularySize} tokens, {tokenizer.MaxLength} at once")));
        if (model.T5 is { } t5)
        {
            Row("t5", $"{Millions(t5.Parameters)} parameters, width {t5.Config.Width}");
        }

        Row(model.IsFlow ? "transform" : "u-net", Shape(model.Denoiser));
        Row("vae",
            $"{Millions(model.Vae.Parameters)} parameters, factor {model.Vae.Config.Factor}, scale "
                + $"{model.Vae.Config.ScalingFactor.ToString(CultureInfo.InvariantCulture)}");
        Row("images", $"{size} x {size} pixels");
        Row("schedule", Schedule(model));
    }

    private static string Shape(IDenoiser denoiser) => $"{Millions(denoiser.Parameters)} parameters, " + denoiser switch
    {
        UNet2DConditionModel { Config: var config } => $"channels {string.Join("-", config.Channels)}",
        Sd3Transformer { Config: var config } =>
            $"Stable Diffusion {(config.Norms ? "3.5" : "3")}, {config.Layers} blocks, width {config.Width}",
        FluxTransformer { Config: var config } =>
            $"FLUX {(config.Guided ? "dev" : "schnell")}, {config.DoubleBlocks} + {config.SingleBlocks} blocks, width {config.Width}",
        _ => denoiser.PartName,
    };

    private static string Schedule(StableDiffusion model)
    {
        var folder = Path.Combine(model.Folder, "scheduler");
        if (model.IsFlow)
        {
            var flow = FlowScheduleOptions.Load(folder);
            return $"{flow.TrainTimesteps} timesteps, shift {(flow.Dynamic is null ? flow.Shift.ToString(CultureInfo.InvariantCulture)
                : "by the image's size")}, predicts velocity";
        }

        NoiseScheduleOptions schedule = NoiseScheduleOptions.Read(folder);
        return $"{schedule.TrainTimesteps} timesteps, {schedule.BetaSchedule} {schedule.BetaStart} to {schedule.BetaEnd}, predicts "
            + $"{schedule.Prediction}{(schedule.ClipSample ? ", clamped" : "")}";
    }

    private static string Millions(IReadOnlyDictionary<string, Tensor> parameters) =>
        $"{parameters.Values.Sum(weight => weight.numel()) / 1e6:0.00} M";

    private static void Row(string name, string value) => Console.WriteLine($"{name,-9} {value}");
}
