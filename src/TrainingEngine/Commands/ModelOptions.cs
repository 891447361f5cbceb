using System.CommandLine;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The options by which commands are told a model, its element type and its device.</summary>
public sealed class ModelOptions
{
    private readonly Option<string> _model = new("--model") { Description = "model folder in the diffusers layout", Required = true };
    private readonly Option<string> _precision =
        new Option<string>("--dtype") { Description = "element type to compute in", DefaultValueFactory = _ => "float32" }
        .AcceptOnlyFromAmong("float32", "bfloat16", "float16");

    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda or cuda:N; by default cuda where it is there" };

    /// <summary>Adds the options to a command.</summary>
    public ModelOptions AddTo(Command command)
    {
        command.Add(_model);
        command.Add(_precision);
        command.Add(_device);
        return this;
    }

    /// <summary>The model's folder.</summary>
    public string FolderOf(ParseResult parsed) => parsed.GetRequiredValue(_model);

    /// <summary>The element type.</summary>
    public ScalarType PrecisionOf(ParseResult parsed) => Precisions.Parse(parsed.GetRequiredValue(_precision));

    /// <summary>The device.</summary>
    /// <exception cref="EngineException">There is no such device.</exception>
    public Device DeviceOf(ParseResult parsed) => Devices.Pick(parsed.GetValue(_device));

    /// <summary>Loads the model.</summary>
    /// <exception cref="EngineException">It cannot be loaded.</exception>
    public StableDiffusion Load(ParseResult parsed) => StableDiffusion.Load(FolderOf(parsed), DeviceOf(parsed), PrecisionOf(parsed));
}
