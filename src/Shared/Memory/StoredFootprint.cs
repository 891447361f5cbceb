using System.Text.Json;

namespace Labeler.Shared.Memory;

/// <summary>The footprint of a model that lies in a folder, by its configs and the headers of its files.</summary>
public static class StoredFootprint
{
    /// <param name="folder">In the diffusers layout.</param>
    /// <returns>Null where a config does not say what is asked of it.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="JsonException">A file is damaged.</exception>
    public static ModelFootprint? Read(string folder)
    {
        var part = Directory.Exists(Path.Combine(folder, "unet")) ? "unet" : "transformer";
        if (StoredConfig.Read(folder, part) is not { } denoiser || StoredConfig.Read(folder, "vae") is not { } vae
            || vae.Levels("block_out_channels") is not { Length: > 0 } channels || denoiser.Shape(part) is not { } shape)
        {
            return null;
        }
        var (own, texts) = (Tensors(folder, part), Directory.GetDirectories(folder, "text_encoder*").Select(Path.GetFileName).ToList());
        var clips = texts.Select(text => StoredConfig.Read(folder, text!)?.Clip()).OfType<ClipShape>().ToList();
        var vaeShape = new VaeShape(channels, vae.Flag("force_upcast"));
        var side = denoiser.Number("sample_size") is { } latent ? latent * vaeShape.Factor : vae.Number("sample_size") ?? 0;
        return new(own.Sum(tensor => tensor.Numbers),
            own.Where(IsAdapted).Sum(tensor => tensor.Shape[0] + (tensor.Numbers / tensor.Shape[0])),
            texts.Sum(text => Tensors(folder, text!).Sum(tensor => tensor.Numbers)), Tensors(folder, "vae").Sum(tensor => tensor.Numbers),
            vaeShape, shape, (int)side)
        {
            TakesTwoBranches = denoiser.Number("num_single_layers") is null,
            AdaptedTexts = clips.Sum(clip => clip.Adapted),
            TextActivations = clips.Sum(clip => clip.Kept),
        };
    }

    /// <summary>A part's tensors; none where there is no such part. Of several variants the smallest counts: it may be the one that is
    /// taken.</summary>
    internal static IReadOnlyList<TensorHeader> Tensors(string folder, string part)
    {
        var place = Path.Combine(folder, part);
        if (!Directory.Exists(place))
        {
            return [];
        }
        var sharded = Directory.GetFiles(place, "*-of-*.safetensors");
        var files = sharded.Length > 0 ? sharded
            : Directory.GetFiles(place, "*.safetensors").OrderBy(file => new FileInfo(file).Length).Take(1);
        return [.. files.SelectMany(TensorHeader.Read)];
    }

    private static bool IsAdapted(TensorHeader tensor) => tensor.Name.EndsWith(".weight", StringComparison.Ordinal)
        && tensor.Shape is [> 0, ..] && AttentionLayers.Has(tensor.Name[..^".weight".Length]);
}
