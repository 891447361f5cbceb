using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.SingleFile;

/// <summary>
/// A model of one file, in the place of a folder. The file holds weights alone: the tokenizer's folders lie beside it, and the
/// configs, where the model has another size than a released one.
/// </summary>
public static class SingleFileModel
{
    /// <summary>Loads a model.</summary>
    /// <param name="file">In the original layout of its family.</param>
    /// <param name="device">Of the weights.</param>
    /// <param name="dtype">What is computed in.</param>
    /// <param name="offloaded">Parts that are to leave the device to the others.</param>
    /// <exception cref="EngineException">The file, or what lies beside it, is not what the engine can use.</exception>
    internal static StableDiffusion Load(string file, Device? device, ScalarType dtype, Offloads offloaded = Offloads.None)
    {
        var layout = SingleFileLayout.Of(file);
        if (layout.Family is ModelFamily.StableDiffusion3 or ModelFamily.Flux)
        {
            return FlowModelFolder.Load(layout, Beside(file), device, dtype, offloaded);
        }
        var released = ReleasedShape.All.First(shape => shape.Name == layout.Family switch
        {
            ModelFamily.StableDiffusion1 => "sd15",
            ModelFamily.StableDiffusion2 => "sd21",
            _ => "sdxl",
        });
        Require(layout, released);
        var folder = Beside(file);
        var configs = ModelConfigs.Read(folder, released);
        var encoders = configs.Texts.Select(text =>
        {
            using var weights = layout.Weights(text.Name.Replace("tokenizer", "text_encoder", StringComparison.Ordinal), dtype,
                offloaded.DeviceOf("text_encoder", device));
            return (text.Tokenizer, new ClipTextEncoder(text.Encoder, weights));
        }).ToArray();
        using var unet = layout.Weights("unet", dtype, device);
        using var vae = layout.Weights("vae", configs.Vae.Precision(dtype), offloaded.DeviceOf("vae", device));
        var index = Path.Combine(folder, "model_index.json");
        return new(file, encoders, new UNet2DConditionModel(configs.Unet, unet), new AutoencoderKL(configs.Vae, vae))
        {
            ZerosForNoNegative = !File.Exists(index) || ConfigFile.Read(index).Bool("force_zeros_for_empty_prompt", true),
        };
    }

    /// <summary>The folder with what a model of one file does not hold: one of its name, or the one in which it lies.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public static string Beside(string file) => SingleFileFootprint.Beside(file) ?? throw new EngineException(
        $"{Path.GetFullPath(file)}: a checkpoint in one file holds no tokenizer: put the folder tokenizer of a model of its family (for XL "
            + "and FLUX tokenizer_2, for Stable Diffusion 3 tokenizer_2 and tokenizer_3 too) into "
            + $"{SingleFileFootprint.Places(file)[0]} or beside the file");

    /// <summary>The noise schedule of a model of one file, as a scheduler_config.json has it: that beside it, or its family's.</summary>
    public static IReadOnlyDictionary<string, object?> Schedule(string file) => ModelFolder.Schedule(SingleFileLayout.Of(file).Prediction);

    private static void Require(SingleFileLayout layout, ReleasedShape released)
    {
        string[] wanted = released.TextEncoders.Length > 1 ? ["unet", "vae", "text_encoder", "text_encoder_2"]
            : ["unet", "vae", "text_encoder"];
        if (wanted.Where(part => !layout.Parts.Contains(part)).ToList() is { Count: > 0 } missing)
        {
            throw new EngineException($"{layout.Path}: holds {layout.Family.Told()} without its {string.Join(" and ", missing)}"
                + (missing.Contains("text_encoder_2") ? " (it may be the refiner, which this engine does not know)" : "")
                + ": take a file with all parts, or a folder in the diffusers layout");
        }
        using var file = SafeTensors.Open(layout.Path);
        var first = file.Names.First(name => name.EndsWith("input_blocks.0.0.weight", StringComparison.Ordinal));
        if (file.ShapeOf(first) is [_, var inputs, _, _] && inputs != released.Unet.InChannels)
        {
            throw new EngineException($"{layout.Path}: its U-Net is given {inputs} channels: "
                + (inputs == 9 ? "it is an inpainting model, which wants a mask and a masked picture beside the latent"
                    : "it wants something beside the latent") + "; this engine has models that make a picture of a text alone");
        }
    }
}
