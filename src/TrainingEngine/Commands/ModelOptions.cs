using System.CommandLine;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The options by which commands are told a model, its element type and its device.</summary>
public sealed class ModelOptions
{
    private readonly Option<string> model = new("--model") { Description = "model folder in the diffusers layout", Required = true };
    private readonly Option<string> precision = new Option<string>("--dtype") { Description = "element type to compute in", DefaultValueFactory = _ => "float32" }
        .AcceptOnlyFromAmong("float32", "bfloat16", "float16");

    private readonly Option<string> device = new("--device") { Description = "cpu, cuda or cuda:N; by default cuda where it is there" };

    /// <summary>Adds the options to a command.</summary>
    public ModelOptions AddTo(Command command)
    {
        command.Add(model);
        command.Add(precision);
        command.Add(device);
        return this;
    }

    /// <summary>The model's folder.</summary>
    public string FolderOf(ParseResult parsed) => parsed.GetRequiredValue(model);

    /// <summary>The element type.</summary>
    public ScalarType PrecisionOf(ParseResult parsed) => Precisions.Parse(parsed.GetRequiredValue(precision));

    /// <summary>The device.</summary>
    /// <exception cref="EngineException">There is no such device.</exception>
    public Device DeviceOf(ParseResult parsed) => Devices.Pick(parsed.GetValue(device));

    /// <summary>Loads the model.</summary>
    /// <exception cref="EngineException">It cannot be loaded.</exception>
    public StableDiffusion Load(ParseResult parsed) => StableDiffusion.Load(FolderOf(parsed), DeviceOf(parsed), PrecisionOf(parsed));
}
