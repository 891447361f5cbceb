using System.Text.Json;

namespace Labeler.Shared.Memory;

/// <summary>The footprint of a model in one file, by the names and shapes in its header, and by the configs and parts that lie beside
/// it: what the file does not hold.</summary>
public static class SingleFileFootprint
{
    // What a released model was made for, in latent elements of a side.
    private static readonly Dictionary<ModelFamily, long> LatentSides = new()
    {
        [ModelFamily.StableDiffusion1] = 64,
        [ModelFamily.StableDiffusion2] = 96,
        [ModelFamily.StableDiffusionXl] = 128,
        [ModelFamily.StableDiffusion3] = 128,
        [ModelFamily.Flux] = 128,
    };

    /// <summary>The folder with what a file does not hold: one of its name, or the one in which it lies; null where neither has a
    /// tokenizer.</summary>
    public static string? Beside(string file) => Places(file).FirstOrDefault(place => Directory.Exists(Path.Combine(place, "tokenizer")));

    /// <summary>Where <see cref="Beside"/> looks.</summary>
    public static IReadOnlyList<string> Places(string file) =>
        [Path.ChangeExtension(Path.GetFullPath(file), null), Path.GetDirectoryName(Path.GetFullPath(file))!];

    /// <param name="path">A safetensors file.</param>
    /// <returns>Null where the file is no checkpoint, or neither it nor what lies beside it says what is asked of it.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="JsonException">A file is damaged.</exception>
    public static ModelFootprint? Read(string path)
    {
        if (SingleFileHeader.Read(path) is not { } file)
        {
            return null;
        }
        var (beside, part) = (Beside(path) ?? Places(path)[0], file.Family >= ModelFamily.StableDiffusion3 ? "transformer" : "unet");
        var (denoiser, vae) = (StoredConfig.Read(beside, part), StoredConfig.Read(beside, "vae"));
        var channels = vae?.Levels("block_out_channels") ?? VaeLevels(file);
        if ((denoiser is not null ? denoiser.Shape(part) : SingleFileShapes.Of(file)) is not { } shape || channels is not { Length: > 0 })
        {
            return null;
        }
        var texts = SingleFileHeader.TextPrefixes(file.Family).Select(text => text.Part).Distinct()
            .Select(name => (Config: StoredConfig.Read(beside, name)?.Clip(), Tensors: Text(file, name, beside))).ToList();
        var clips = texts.Select(text => text.Config ?? SingleFileShapes.Clip(text.Tensors)).OfType<ClipShape>().ToList();
        var vaeShape = new VaeShape(channels, vae?.Flag("force_upcast") ?? true);
        var side = denoiser?.Number("sample_size") is { } latent ? latent * vaeShape.Factor
            : file.Family == ModelFamily.Flux && vae?.Number("sample_size") is { } pixels ? pixels
            : LatentSides[file.Family] * vaeShape.Factor;
        return new(Numbers(file.Denoiser), file.Denoiser.Sum(SingleFileShapes.Adapted), texts.Sum(text => Numbers(text.Tensors)),
            Numbers(file.Vae.Count > 0 ? file.Vae.Where(tensor => !tensor.Name.StartsWith("loss.", StringComparison.Ordinal))
                : StoredFootprint.Tensors(beside, "vae")),
            vaeShape, shape, (int)side)
        {
            TakesTwoBranches = file.Family != ModelFamily.Flux,
            AdaptedTexts = clips.Sum(clip => clip.Adapted),
            TextActivations = clips.Sum(clip => clip.Kept),
        };
    }

    private static long[]? VaeLevels(SingleFileHeader file) =>
        [.. file.Vae.Where(tensor => tensor.Name.StartsWith("decoder.up.", StringComparison.Ordinal)
                && tensor.Name.EndsWith(".block.0.conv2.weight", StringComparison.Ordinal))
            .OrderBy(tensor => tensor.Name, StringComparer.Ordinal).Select(tensor => tensor.Shape[0])];

    // Stable Diffusion 2.x takes the last but one layer's output: what follows is not loaded.
    private static IReadOnlyList<TensorHeader> Text(SingleFileHeader file, string part, string beside)
    {
        var own = file.Text(part);
        var unused = file.Family != ModelFamily.StableDiffusion2 ? null : SingleFileShapes.LastBlock(own);
        return own.Count == 0 ? StoredFootprint.Tensors(beside, part)
            : unused is null ? own
            : [.. own.Where(tensor => !tensor.Name.StartsWith(unused, StringComparison.Ordinal)
                && !tensor.Name.StartsWith("text_projection", StringComparison.Ordinal))];
    }

    // What is no weight of a layer is computed and not loaded.
    private static long Numbers(IEnumerable<TensorHeader> tensors) => tensors
        .Where(tensor => !tensor.Name.EndsWith("position_ids", StringComparison.Ordinal) && tensor.Name != "logit_scale")
        .Sum(tensor => tensor.Numbers);
}
