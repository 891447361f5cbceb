using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Models.T5;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>Where the parts of a flow model are: in folders of the diffusers layout, or in one file, with folders beside it for what
/// the file does not hold.</summary>
/// <param name="folder">The model's, or the one beside the file.</param>
/// <param name="file">Null for a folder alone.</param>
/// <param name="device">Of the weights.</param>
/// <param name="dtype">What is computed in.</param>
/// <param name="variant">The weights to take where a folder has several.</param>
internal sealed class FlowParts(string folder, SingleFileLayout? file, Device? device, ScalarType dtype, string? variant)
{
    private const string Config = "config.json";

    /// <summary>What people know the model as.</summary>
    public string Name => file?.Path ?? folder;

    public ScalarType Precision => dtype;

    /// <summary>Parts that leave the device to the others.</summary>
    public Offloads Offloaded { get; init; }

    public bool Has(string part) => IsInFile(part) || Directory.Exists(PathOf(part));

    /// <summary>The folder of a part, of which a model in one file has the tokenizers' and those that it does not hold itself.</summary>
    public string PathOf(string part) => Path.Combine(folder, part);

    /// <summary>A part's config: that of its folder, or what a file in its makers' layout means without one.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public T ConfigOf<T>(string part, Func<ConfigFile, T> read, Func<SingleFileLayout, T> released) =>
        IsInFile(part) && !File.Exists(Path.Combine(PathOf(part), Config)) ? released(file!)
            : read(ConfigFile.Read(Path.Combine(PathOf(part), Config)));

    /// <summary>A part's weights.</summary>
    /// <param name="type">Where that is not what the rest is computed in.</param>
    /// <exception cref="EngineException">Neither the file nor a folder holds it.</exception>
    public CheckpointWeights Weights(string part, ScalarType? type = null)
    {
        if (IsInFile(part))
        {
            return file!.Weights(part, type ?? dtype, DeviceOf(part));
        }
        if (file is not null && !Directory.Exists(PathOf(part)))
        {
            throw new EngineException($"{Name}: holds {file.Family.Told()} without its {part}: put that folder of a model of its "
                + $"family into {folder}, or take a file with all parts");
        }
        var name = part.StartsWith("text_encoder", StringComparison.Ordinal) ? "model" : "diffusion_pytorch_model";
        return new CheckpointWeights(PathOf(part), name, type ?? dtype, DeviceOf(part), variant);
    }

    /// <summary>A CLIP encoder, with its projection wherever the weights have one, whatever a config says.</summary>
    /// <param name="part">As <c>text_encoder</c>.</param>
    /// <param name="released">What a file without a config means.</param>
    /// <exception cref="EngineException">The config or the weights are not what the engine can use.</exception>
    public ClipTextEncoder Clip(string part, ClipTextConfig released)
    {
        using var weights = Weights(part);
        var projects = weights.Has("text_projection.weight");
        return new(ConfigOf(part, config => ClipTextConfig.Read(config, projects),
            _ => projects ? released : released with { ProjectionWidth = 0 }), weights);
    }

    /// <summary>A T5 encoder.</summary>
    /// <param name="part">As <c>text_encoder_3</c>.</param>
    /// <exception cref="EngineException">The config or the weights are not what the engine can use.</exception>
    public T5Encoder T5(string part)
    {
        using var weights = Weights(part);
        return new(ConfigOf(part, T5Config.Read, _ => ReleasedFlow.T5Xxl), weights);
    }

    private Device? DeviceOf(string part) => Offloaded.DeviceOf(part, device);

    private bool IsInFile(string part) => file?.Parts.Contains(part) == true;
}
