using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.SingleFile;

/// <summary>
/// A checkpoint in one safetensors file, in the layout in which its makers published it (CompVis, Stability, Black Forest Labs)
/// and in which communities share models: which family it is of, which parts it holds, and what it calls their tensors.
/// </summary>
public sealed class SingleFileLayout
{
    private readonly Dictionary<string, StoredNames> _parts = [];

    private SingleFileLayout(SafeTensors file)
    {
        Path = file.Path;
        var keys = file.Names.ToHashSet(StringComparer.Ordinal);
        Family = SingleFileHeader.FamilyOf(keys) ?? throw new EngineException(
            $"{Path}: is no checkpoint in one file that this engine knows: it holds neither a U-Net (model.diffusion_model.input_blocks…) "
                + "nor a transformer of Stable Diffusion 3 (joint_blocks…) or FLUX (double_blocks…); a folder in the diffusers layout is "
                + "given as the folder, an adapter with --adapter");
        AddDenoiser(keys);
        AddVae(keys);
        AddTexts(keys);
        Prediction = PredictionOf(file, keys);
    }

    public string Path { get; }

    public ModelFamily Family { get; }

    /// <summary>What the U-Net was trained to predict, as a scheduler's config has it.</summary>
    public string Prediction { get; }

    /// <summary>The parts that the file holds, by the names of their folders in the diffusers layout.</summary>
    public IReadOnlyCollection<string> Parts => _parts.Keys;

    /// <summary>Reads the names of a file's tensors.</summary>
    /// <exception cref="EngineException">It is no such file.</exception>
    public static SingleFileLayout Of(string path)
    {
        using var file = SafeTensors.Open(path);
        return new(file);
    }

    /// <summary>A part's weights, by the names that they have in a folder in the diffusers layout.</summary>
    /// <param name="part">As <c>unet</c> or <c>text_encoder_2</c>.</param>
    /// <param name="dtype">Type of the tensors handed out.</param>
    /// <param name="device">Their device.</param>
    /// <exception cref="EngineException">The file does not hold this part.</exception>
    public CheckpointWeights Weights(string part, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        _parts.TryGetValue(part, out var names)
            ? new([Path], $"the {part} of {Family.Told()}; where its size is another than the released one, its config.json is needed "
                + "beside the file", dtype, device, names)
            : throw new EngineException($"{Path}: holds no {part}: it is a part of a model; load it as a folder in the diffusers layout");

    private void AddDenoiser(HashSet<string> keys)
    {
        var prefix = SingleFileHeader.DenoiserPrefix(keys, Family);
        var own = Behind(keys, prefix);
        var (part, names) = Family switch
        {
            ModelFamily.Flux => ("transformer", FluxNames.Of),
            ModelFamily.StableDiffusion3 => ("transformer", Sd3Names.Of(own).Of),
            _ => ("unet", (Func<string, StoredAs?>)UNetNames.OfOriginal(own).Of),
        };
        _parts.Add(part, new(prefix, names));
    }

    private void AddVae(HashSet<string> keys)
    {
        if (SingleFileHeader.VaePrefix(keys) is { } prefix)
        {
            _parts.Add("vae", new(prefix, VaeNames.OfOriginal(Behind(keys, prefix)).Of,
                // Some files keep what the autoencoder was trained against.
                key => key.StartsWith("loss.", StringComparison.Ordinal)));
        }
    }

    private void AddTexts(HashSet<string> keys)
    {
        // Stable Diffusion 2.x takes the last but one layer's output: released folders leave the last layer out, and the projection.
        var last = Behind(keys, "cond_stage_model.model.transformer.resblocks.").Select(key => key.Split('.')[0])
            .OrderBy(number => number.Length).ThenBy(number => number, StringComparer.Ordinal).LastOrDefault();
        foreach (var (part, prefix) in SingleFileHeader.TextPrefixes(Family))
        {
            Func<string, StoredAs?> names = prefix.EndsWith(".model.", StringComparison.Ordinal) ? OpenClipNames.Of : WithoutRoot;
            if (keys.Any(key => key.StartsWith(prefix, StringComparison.Ordinal)))
            {
                _parts.TryAdd(part, new(prefix, key => Plain(prefix, key) ?? names(key), Unused));
            }
        }

        bool Unused(string key) => Family == ModelFamily.StableDiffusion2
            && (key.StartsWith("text_projection", StringComparison.Ordinal)
                || key.StartsWith($"transformer.resblocks.{last}.", StringComparison.Ordinal));

        // Some converted files keep OpenCLIP's projection as a layer's weight.
        StoredAs? Plain(string prefix, string key) =>
            key == "text_projection.weight" && keys.Contains(prefix + key) ? new StoredAs(key) : null;

        // Files of 2022 leave out the name of CLIP's text half.
        StoredAs? WithoutRoot(string key) => keys.Contains("cond_stage_model.transformer.embeddings.token_embedding.weight")
            ? new(key.Replace("text_model.", "", StringComparison.Ordinal)) : new(key);
    }

    private string PredictionOf(SafeTensors file, HashSet<string> keys)
    {
        if (keys.Contains("ztsnr"))
        {
            throw new EngineException(
                $"{Path}: asks for a noise schedule that ends in pure noise (ztsnr), which this engine does not have");
        }
        var told = file.Metadata.GetValueOrDefault("modelspec.prediction_type") ?? file.Metadata.GetValueOrDefault("modelspec.predict_key");
        return told switch
        {
            "epsilon" => "epsilon",
            "v" or "v_prediction" or "v-prediction" => "v_prediction",
            _ => keys.Contains("v_pred") || Family == ModelFamily.StableDiffusion2 ? "v_prediction" : "epsilon",
        };
    }

    private static HashSet<string> Behind(HashSet<string> keys, string prefix) =>
        [.. keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])];
}
