using System.CommandLine;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Memory;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>sample</c>: groups of images with their trajectories, resumable.</summary>
public sealed class SampleCommand
{
    private readonly ModelOptions _model = new();
    private readonly PromptOptions _prompts = new();
    private readonly Option<ulong> _seed = new("--seed") { Description = "seed of the run", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _group =
        new("--group") { Description = "images of one prompt from one starting noise", DefaultValueFactory = _ => 7 };
    private readonly Option<int> _steps = new("--steps") { Description = "sampling steps", DefaultValueFactory = _ => 20 };
    private readonly Option<double?> _eta = new("--eta")
    {
        Description = "share of noise, 0 to 1, by default 1, and 0.7 for a flow model; log-probabilities need more than 0",
    };

    private readonly Option<string> _noise =
        new Option<string>("--noise")
        {
            Description = "which noise a flow model's steps add",
            DefaultValueFactory = _ => FlowNoiseNames.All[0],
        }.AcceptOnlyFromAmong([.. FlowNoiseNames.All]);

    private readonly Option<string> _window = new("--noise-window")
    {
        Description = "the steps of a flow model that add noise and are learned from, as 2+3: three from step 2 on; by default all",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<double> _guidance =
        new("--guidance") { Description = "guidance scale; 1 spares half of the work", DefaultValueFactory = _ => 5 };
    private readonly Option<string> _negative =
        new("--negative") { Description = "what guidance leads away from", DefaultValueFactory = _ => "" };
    private readonly Option<int> _width = new("--width") { Description = "pixels; by default what the model was made for" };
    private readonly Option<int> _height = new("--height") { Description = "pixels; by default what the model was made for" };
    private readonly Option<string> _storage =
        new Option<string>("--store") { Description = "element type in which latents are kept", DefaultValueFactory = _ => "float32" }
        .AcceptOnlyFromAmong([.. Precisions.Names]);

    private readonly Option<bool> _withoutMeans =
        new("--no-means") { Description = "halve the trajectories by leaving out the means, which the divergence from this policy needs" };
    private readonly Option<int> _atOnce = new("--at-once") { Description = "images in one forward call; 0 decides by the model's size" };
    private readonly Option<int> _workers = new("--workers") { Description = "groups computed at once; 0 decides by the model's size" };
    private readonly Option<bool> _tiles = new("--tiles") { Description = "decode large pictures by squares of 512 pixels" };
    private readonly Option<string?> _adapter =
        new("--adapter") { Description = "adapter of any common format, or a whole U-Net's weights, to put on the model" };
    private readonly Option<string> _output = new("--out") { Description = "folder of samples, new or to be completed", Required = true };

    private SampleCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var sample = new SampleCommand();
        var command =
            new Command("sample", "Samples groups of images and keeps their trajectories. Interrupted, it goes on where it stopped.");
        sample._model.AddTo(command);
        sample._prompts.AddTo(command);
        Option[] others =
        [
            sample._seed, sample._group, sample._steps, sample._eta, sample._noise, sample._window,
            sample._guidance, sample._negative,
            sample._width, sample._height, sample._storage, sample._withoutMeans, sample._atOnce, sample._workers, sample._tiles,
            sample._adapter, sample._output,
        ];
        Array.ForEach(others, command.Add);
        command.Does(sample.Run);
        return command;
    }

    private void Run(ParseResult parsed, CancellationToken stop)
    {
        IReadOnlyList<string> wanted = _prompts.Of(parsed);
        StableDiffusion loaded = _model.Load(parsed);
        SamplingOptions options = OptionsOf(parsed, loaded);
        string? patch = parsed.GetValue(_adapter) is { } path ? LoraFile.Locate(path) : null;
        using ModelPatch? patched = patch is null ? null : new ModelPatch(loaded, patch);
        _prompts.WarnOfCuts(loaded, wanted);
        var sampler = new Sampler(loaded, ModelSchedule.Of(loaded), options);
        MemoryCheck.RequireSampling(loaded, sampler, options, parsed.GetValue(_tiles));
        SampleFolder folder =
            SampleFolder.Begin(parsed.GetRequiredValue(_output), ManifestOf(parsed, options, sampler, wanted, (loaded, patch)));
        var groups = new GroupSampler(loaded, sampler, folder.Manifest.ModelHash, folder.Manifest.AdapterHash)
        {
            Tiles = parsed.GetValue(_tiles),
        };

        long stepsOf(int count) => (long)count * options.Steps;
        using ComputeThreads threads = ThreadsFor(parsed, loaded, folder.Missing.Count);
        using var progress = new ProgressBar("sampling", stepsOf(folder.Groups), "steps", stepsOf(folder.Groups - folder.Missing.Count));
        groups.Fill(folder, threads, stop, () => progress.Advance());
    }

    private SamplingOptions OptionsOf(ParseResult parsed, StableDiffusion model) => new()
    {
        Steps = parsed.GetValue(_steps),
        Eta = parsed.GetValue(_eta) ?? (model.IsFlow ? SamplingOptions.FlowEta : 1),
        Noise = FlowNoiseNames.Parse(parsed.GetRequiredValue(_noise)),
        Window = NoiseWindow.Parse(parsed.GetRequiredValue(_window)),
        Guidance = parsed.GetValue(_guidance),
        Negative = parsed.GetValue(_negative) ?? "",
        Width = parsed.GetValue(_width),
        Height = parsed.GetValue(_height),
        GroupSize = parsed.GetValue(_group),
        Storage = Precisions.Parse(parsed.GetRequiredValue(_storage)),
        KeepMeans = !parsed.GetValue(_withoutMeans),
        ImagesAtOnce = parsed.GetValue(_atOnce),
    };

    private SampleManifest ManifestOf(ParseResult parsed, SamplingOptions options, Sampler sampler, IReadOnlyList<string> wanted,
        (StableDiffusion Model, string? Patch) policy) => new()
        {
            ModelHash = ModelHash.Of(policy.Model),
            AdapterHash = policy.Patch is null ? "" : ContentHash.OfFile(policy.Patch),
            Prompts = wanted,
            Seed = parsed.GetValue(_seed),
            GroupSize = options.GroupSize,
            Steps = options.Steps,
            Eta = options.Eta,
            Noise = sampler.Noise,
            Window = options.Window.ToString(),
            Guidance = options.Guidance,
            Negative = options.Negative,
            Width = sampler.Width,
            Height = sampler.Height,
            Precision = _model.PrecisionOf(parsed).Name(),
            Storage = options.Storage.Name(),
            KeepMeans = options.KeepMeans,
            ImagesAtOnce = options.ImagesAtOnce,
        };

    /// <summary>A group's bits depend on libtorch's threads in it, so their number follows from the model, not from measuring.</summary>
    private ComputeThreads ThreadsFor(ParseResult parsed, StableDiffusion loaded, int missing)
    {
        var onProcessor = _model.DeviceOf(parsed).type == TorchSharp.DeviceType.CPU;
        var choice = ThreadChoice.For(loaded.IsSmall, onProcessor ? Environment.ProcessorCount : 1);
        var asked = parsed.GetValue(_workers);
        return new ComputeThreads(Math.Clamp(asked > 0 ? asked : choice.Workers, 1, Math.Max(1, missing)), choice.Threads);
    }
}
