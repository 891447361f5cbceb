using System.CommandLine;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Memory;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The options by which commands are told a model, its element type and its device.</summary>
public sealed class ModelOptions
{
    private readonly Option<string> _model = new("--model")
    {
        Description = "model folder in the diffusers layout, or a checkpoint in one safetensors file with its tokenizer's folder beside it",
        Required = true,
    };
    private readonly Option<string?> _variant =
        new("--variant") { Description = "weights to take where the folder has several: fp16, bf16, non_ema, …" };
    private readonly Option<string> _precision =
        new Option<string>("--dtype") { Description = "element type to compute in", DefaultValueFactory = _ => "float32" }
        .AcceptOnlyFromAmong([.. Precisions.Names]);

    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda or cuda:N; by default cuda where it is there" };

    private readonly Option<bool> _offload =
        new("--offload-text") { Description = "keep text encoders in the machine's memory, where they compute, and not on the device" };

    private readonly Option<bool> _offloadVae = new("--offload-vae")
    {
        Description = "keep the autoencoder in the machine's memory, and bring it onto the device only to decode or encode pictures",
    };

    /// <summary>Adds the options to a command.</summary>
    public ModelOptions AddTo(Command command)
    {
        command.Add(_model);
        command.Add(_variant);
        command.Add(_precision);
        command.Add(_device);
        command.Add(_offload);
        command.Add(_offloadVae);
        return this;
    }

    /// <summary>The model's folder.</summary>
    public string FolderOf(ParseResult parsed) => parsed.GetRequiredValue(_model);

    /// <summary>The element type.</summary>
    public ScalarType PrecisionOf(ParseResult parsed) => Precisions.Parse(parsed.GetRequiredValue(_precision));

    /// <summary>The device.</summary>
    /// <exception cref="EngineException">There is no such device.</exception>
    /// <param name="rank">See <see cref="Devices.Pick"/>.</param>
    public Device DeviceOf(ParseResult parsed, int rank = 0) => Devices.Pick(parsed.GetValue(_device), rank);

    /// <summary>Loads the model.</summary>
    /// <param name="rank">See <see cref="Devices.Pick"/>.</param>
    /// <exception cref="EngineException">It cannot be loaded.</exception>
    public StableDiffusion Load(ParseResult parsed, int rank = 0)
    {
        var offloaded = (parsed.GetValue(_offload) ? Offloads.Texts : Offloads.None)
            | (parsed.GetValue(_offloadVae) ? Offloads.Vae : Offloads.None);
        var (folder, device, precision) = (FolderOf(parsed), DeviceOf(parsed, rank), PrecisionOf(parsed));
        MemoryCheck.RequireWeights(folder, device, precision, offloaded);
        return StableDiffusion.Load(folder, device, precision, parsed.GetValue(_variant), offloaded);
    }
}
