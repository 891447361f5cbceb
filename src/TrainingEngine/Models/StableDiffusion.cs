using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>A whole model: tokenizers, text encoders, U-Net and autoencoder, from a folder in the diffusers layout.</summary>
public sealed class StableDiffusion
{
    private readonly (ClipTokenizer Tokenizer, ClipTextEncoder Encoder)[] _encoders;

    public StableDiffusion(string folder, IEnumerable<(ClipTokenizer, ClipTextEncoder)> encoders, UNet2DConditionModel unet,
        AutoencoderKL vae) =>
        (Folder, _encoders, Unet, Vae) = (folder, [.. encoders], unet, vae);

    public string Folder { get; }
    public UNet2DConditionModel Unet { get; }
    public AutoencoderKL Vae { get; }
    public IReadOnlyList<ClipTextEncoder> TextEncoders => [.. _encoders.Select(pair => pair.Encoder)];
    public IReadOnlyList<ClipTokenizer> Tokenizers => [.. _encoders.Select(pair => pair.Tokenizer)];

    /// <summary>Small enough that a group on each core is faster than a group on all cores; above it, memory counts.</summary>
    public bool IsSmall => Unet.Parameters.Values.Sum(weight => weight.numel()) < 50_000_000;

    private bool IsXl => Unet.Config.AddedInputs > 0;

    /// <summary>Loads a model; weights stored as float16 are widened to <paramref name="dtype"/>.</summary>
    /// <exception cref="EngineException">The folder, a config or the weights are not what the engine can use.</exception>
    public static StableDiffusion Load(string folder, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        if (!Directory.Exists(folder))
        {
            throw new EngineException($"{folder}: there is no such folder; give the folder of a model in the diffusers layout");
        }

        ModelChecksums.Check(folder);
        var index = ConfigFile.Read(Path.Combine(folder, "model_index.json"));
        index.Only("_class_name", "StableDiffusionPipeline", "StableDiffusionXLPipeline");
        var encoders = ModelConfigs.Read(folder).Texts
            .Select(text =>
                (text.Tokenizer,
                    LoadTextEncoder(Path.Combine(folder, text.Name.Replace("tokenizer", "text_encoder", StringComparison.Ordinal)), device,
                        dtype)))
            .ToArray();
        return new(folder, encoders, LoadUnet(Path.Combine(folder, "unet"), device, dtype),
            LoadVae(Path.Combine(folder, "vae"), device, dtype));
    }

    /// <summary>Writes the model as it is now into a new folder in the diffusers layout, whole or not at all; adapters are not part of
    /// it.</summary>
    /// <param name="folder">Replaced if it is there.</param>
    /// <param name="type">Of the weights in the files.</param>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Save(string folder, ScalarType type = ScalarType.Float16) => AtomicFolder.Write(folder, temporary =>
    {
        ModelFolder.CopyAllButWeights(Folder, temporary);
        foreach (var part in Directory.GetDirectories(Folder).Select(part => Path.GetFileName(part)!))
        {
            ModelFolder.CopyAllButWeights(Path.Combine(Folder, part), Path.Combine(temporary, part));
        }

        foreach (var (encoder, suffix) in TextEncoders.Zip(["", "_2"]))
        {
            ModelFolder.WriteWeights(Path.Combine(temporary, $"text_encoder{suffix}"), encoder.Parameters, type);
        }

        ModelFolder.WriteWeights(Path.Combine(temporary, "unet"), Unet.Parameters, type);
        ModelFolder.WriteWeights(Path.Combine(temporary, "vae"), Vae.Parameters, type);
    });

    public static UNet2DConditionModel LoadUnet(string folder, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        var config = UNetConfig.Read(ConfigFile.Read(Path.Combine(folder, "config.json")));
        using var weights = new CheckpointWeights(folder, "diffusion_pytorch_model", dtype, device);
        return new(config, weights);
    }

    public static AutoencoderKL LoadVae(string folder, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        var config = VaeConfig.Read(ConfigFile.Read(Path.Combine(folder, "config.json")));
        using var weights = new CheckpointWeights(folder, "diffusion_pytorch_model", dtype, device);
        return new(config, weights);
    }

    public static ClipTextEncoder LoadTextEncoder(string folder, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        var config = ClipTextConfig.Read(ConfigFile.Read(Path.Combine(folder, "config.json")));
        using var weights = new CheckpointWeights(folder, "model", dtype, device);
        return new(config, weights);
    }

    /// <summary>Encodes prompts for the U-Net: the last layer of one encoder, or (XL) the penultimate ones of two beside the pooled
    /// second.</summary>
    /// <param name="prompts">N texts.</param>
    /// <param name="size">XL: width and height in pixels of the images to be made.</param>
    public TextConditioning Encode(IReadOnlyList<string> prompts, (long Width, long Height) size)
    {
        using var scope = NewDisposeScope();
        var said = _encoders.Select(pair => pair.Encoder.Forward(Ids(pair.Tokenizer, prompts))).ToArray();
        if (!IsXl)
        {
            return new(said[0].Last.MoveToOuterDisposeScope());
        }

        var device = said[0].Last.device;
        var sizes = new float[] { size.Height, size.Width, 0, 0, size.Height, size.Width };
        return new(
            cat([.. said.Select(text => text.Penultimate)], -1).MoveToOuterDisposeScope(),
            said[^1].Projected?.MoveToOuterDisposeScope(),
            tensor(sizes, device: device).unsqueeze(0).repeat(prompts.Count, 1).MoveToOuterDisposeScope());
    }

    private Tensor Ids(ClipTokenizer tokenizer, IReadOnlyList<string> prompts)
    {
        var ids = prompts.SelectMany(prompt => tokenizer.Encode(prompt).Ids).ToArray();
        return tensor(ids, [prompts.Count, tokenizer.MaxLength]).to(Unet.Parameters["conv_in.weight"].device);
    }
}
