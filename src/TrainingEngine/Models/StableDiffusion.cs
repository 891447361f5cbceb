using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Models.T5;
using Labeler.TrainingEngine.Models.Texts;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>A whole model: tokenizers, text encoders, denoiser and autoencoder, from a folder in the diffusers layout.</summary>
public sealed partial class StableDiffusion
{
    private readonly (ClipTokenizer Tokenizer, ClipTextEncoder Encoder)[] _encoders;

    private readonly IPromptEncoder? _prompts;

    public StableDiffusion(string folder, IEnumerable<(ClipTokenizer, ClipTextEncoder)> encoders, UNet2DConditionModel unet,
        AutoencoderKL vae) =>
        (Folder, _encoders, Denoiser, Vae) = (folder, [.. encoders], unet, vae);

    /// <summary>A flow model.</summary>
    public StableDiffusion(string folder, IPromptEncoder prompts, IDenoiser denoiser, AutoencoderKL vae) =>
        (Folder, _encoders, _prompts, Denoiser, Vae) = (folder, [.. prompts.Clips], prompts, denoiser, vae);

    public string Folder { get; }

    /// <summary>The part that is trained: a U-Net, or a flow model's transformer.</summary>
    public IDenoiser Denoiser { get; }

    /// <summary>The U-Net of a model that has one.</summary>
    /// <exception cref="InvalidOperationException">It is a flow model.</exception>
    public UNet2DConditionModel Unet =>
        Denoiser as UNet2DConditionModel ?? throw new InvalidOperationException("This model has a transformer and no U-Net.");

    public AutoencoderKL Vae { get; }
    public IReadOnlyList<ClipTextEncoder> TextEncoders => [.. _encoders.Select(pair => pair.Encoder)];
    public IReadOnlyList<ClipTokenizer> Tokenizers => [.. _encoders.Select(pair => pair.Tokenizer)];

    /// <summary>Small enough that a group on each core is faster than a group on all cores; above it, memory counts.</summary>
    public bool IsSmall => Denoiser.Parameters.Values.Sum(weight => weight.numel()) < 50_000_000;

    /// <summary>Whether it goes from noise to image along velocities: SD3 and FLUX.</summary>
    public bool IsFlow => _prompts is not null;

    /// <summary>Whether what prompts are encoded to changes while the model is trained.</summary>
    public bool TrainsTexts => _encoders.Any(pair => pair.Encoder.AdaptableLayers.Any(layer => layer.Lora is { Down.requires_grad: true }));

    /// <summary>T5, where the model has it.</summary>
    public T5Encoder? T5 => _prompts?.T5?.Encoder;

    /// <summary>Where the denoiser computes.</summary>
    public Device Device => Denoiser.Parameters.Values.First().device;

    /// <summary>What the denoiser computes in.</summary>
    public ScalarType Precision => Denoiser.Parameters.Values.First().dtype;

    private bool IsXl => Denoiser is UNet2DConditionModel { Config.AddedInputs: > 0 };

    /// <summary>Whether the text encoders are on another device than the denoiser, where they compute.</summary>
    public bool HasTextsElsewhere => TextDevice.type != Device.type;

    /// <summary>Whether the autoencoder is kept on another device than the denoiser.</summary>
    public bool HasVaeElsewhere => Vae.Parameters.Values.First().device.type != Device.type;

    /// <summary>The autoencoder on the denoiser's device, until it is disposed of.</summary>
    public VaeInUse UseVae() => new(Vae, Device);

    private Device TextDevice => _encoders[0].Encoder.Parameters.Values.First().device;

    /// <summary>The variant of the weights that was asked for; null for the plain ones.</summary>
    public string? Variant { get; init; }

    /// <summary>Whether XL's negative conditioning is zero where no negative prompt is given, as its model_index.json says.</summary>
    public bool ZerosForNoNegative { get; init; } = true;

    /// <summary>Loads a model; weights stored as float16 or float8 are widened to <paramref name="dtype"/>.</summary>
    /// <param name="folder">A folder in the diffusers layout, or a single safetensors file in the original one.</param>
    /// <param name="device">Of the weights.</param>
    /// <param name="dtype">What is computed in.</param>
    /// <param name="variant">The weights to take where a folder has several, as <c>bf16</c> or <c>non_ema</c>.</param>
    /// <param name="offloaded">Parts that are to leave the device to the others.</param>
    /// <exception cref="EngineException">The folder, a config or the weights are not what the engine can use.</exception>
    public static StableDiffusion Load(string folder, Device? device = null, ScalarType dtype = ScalarType.Float32, string? variant = null,
        Offloads offloaded = Offloads.None)
    {
        if (File.Exists(folder))
        {
            return SingleFileModel.Load(folder, device, dtype, offloaded);
        }

        if (!Directory.Exists(folder))
        {
            throw new EngineException($"{folder}: there is no such folder; give the folder of a model in the diffusers layout");
        }

        if (variant is not null && ModelFolder.Variants(folder) is var there && !there.Contains(variant))
        {
            throw new EngineException($"{folder}: its weights have no variant {variant}; "
                + (there.Count > 0 ? $"there are {string.Join(", ", there)}" : "there are the plain ones alone"));
        }

        ModelChecksums.Check(folder);
        var index = ConfigFile.Read(Path.Combine(folder, "model_index.json"));
        index.Only("_class_name", ["StableDiffusionPipeline", "StableDiffusionXLPipeline", .. FlowModelFolder.Pipelines]);
        if (index.Text("_class_name", "") is var pipeline && FlowModelFolder.Pipelines.Contains(pipeline))
        {
            return FlowModelFolder.Load(folder, pipeline, device, dtype, variant, offloaded);
        }

        var encoders = ModelConfigs.Read(folder).Texts
            .Select(text =>
                (text.Tokenizer,
                    LoadTextEncoder(Path.Combine(folder, text.Name.Replace("tokenizer", "text_encoder", StringComparison.Ordinal)),
                        offloaded.DeviceOf("text_encoder", device), dtype, variant)))
            .ToArray();
        return new(folder, encoders, LoadUnet(Path.Combine(folder, "unet"), device, dtype, variant),
            LoadVae(Path.Combine(folder, "vae"), offloaded.DeviceOf("vae", device), dtype, variant))
        {
            Variant = variant,
            ZerosForNoNegative = index.Bool("force_zeros_for_empty_prompt", true),
        };
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

        if (T5 is { } t5)
        {
            ModelFolder.WriteWeights(Path.Combine(temporary, FormattableString.Invariant($"text_encoder_{_encoders.Length + 1}")),
                t5.Parameters, type);
        }

        ModelFolder.WriteWeights(Path.Combine(temporary, Denoiser.PartName), Denoiser.Parameters, type);
        ModelFolder.WriteWeights(Path.Combine(temporary, "vae"), Vae.Parameters, type);
    });

    /// <summary>Encodes prompts for the U-Net: the last layer of one encoder, or (XL) the penultimate ones of two beside the pooled
    /// second.</summary>
    /// <param name="prompts">N texts.</param>
    /// <param name="size">XL: width and height in pixels of the images to be made.</param>
    /// <param name="known">What the prompts were before, of which T5's tokens are taken; null asks T5 too.</param>
    public TextConditioning Encode(IReadOnlyList<string> prompts, (long Width, long Height) size, TextConditioning? known = null)
    {
        if (_prompts is not null)
        {
            return _prompts.Encode(prompts, known).Kept(part => part.to(Device));
        }

        using var scope = NewDisposeScope();
        var said = _encoders.Select(pair => pair.Encoder.Forward(Ids(pair.Tokenizer, prompts))).ToArray();
        if (!IsXl)
        {
            return new(said[0].Last.to(Device).MoveToOuterDisposeScope());
        }

        var sizes = new float[] { size.Height, size.Width, 0, 0, size.Height, size.Width };
        return new(
            cat([.. said.Select(text => text.Penultimate)], -1).to(Device).MoveToOuterDisposeScope(),
            said[^1].Projected?.to(Device).MoveToOuterDisposeScope(),
            tensor(sizes, device: Device).unsqueeze(0).repeat(prompts.Count, 1).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Encodes what guidance leads away from. No text at all is zero for XL models that are made so, as diffusers has it where no
    /// negative prompt is given; for all others it is the empty text.
    /// </summary>
    /// <param name="negative">One text.</param>
    /// <param name="size">XL: width and height in pixels of the images to be made.</param>
    /// <param name="known">What it was before, of which T5's tokens are taken; null asks T5 too.</param>
    public TextConditioning EncodeNegative(string negative, (long Width, long Height) size, TextConditioning? known = null)
    {
        var encoded = Encode([negative], size, known);
        return IsXl && ZerosForNoNegative && negative.Length == 0
            ? encoded with { Context = zeros_like(encoded.Context), Pooled = encoded.Pooled is null ? null : zeros_like(encoded.Pooled) }
            : encoded;
    }

    private Tensor Ids(ClipTokenizer tokenizer, IReadOnlyList<string> prompts)
    {
        var ids = prompts.SelectMany(prompt => tokenizer.Encode(prompt).Ids).ToArray();
        return tensor(ids, [prompts.Count, tokenizer.MaxLength]).to(TextDevice);
    }
}
