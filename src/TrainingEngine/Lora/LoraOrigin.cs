using System.Globalization;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.Shared.Memory;

namespace Labeler.TrainingEngine.Lora;

/// <summary>Which base model an adapter's file seems to be made for, told by what its trainer wrote and by its keys.</summary>
/// <param name="Families">Those that it may be; empty for one that this engine does not know.</param>
/// <param name="Told">For a person.</param>
internal sealed partial record LoraOrigin(IReadOnlyList<ModelFamily> Families, string Told)
{
    private static readonly (string Mark, ModelFamily Family)[] Marks =
    [
        ("sdxl", ModelFamily.StableDiffusionXl), ("stable-diffusion-xl", ModelFamily.StableDiffusionXl),
        ("sd_v1", ModelFamily.StableDiffusion1), ("sd_1", ModelFamily.StableDiffusion1),
        ("stable-diffusion-v1", ModelFamily.StableDiffusion1), ("sd_v2", ModelFamily.StableDiffusion2),
        ("sd_2", ModelFamily.StableDiffusion2), ("stable-diffusion-v2", ModelFamily.StableDiffusion2),
        ("sd3", ModelFamily.StableDiffusion3), ("stable-diffusion-3", ModelFamily.StableDiffusion3), ("flux", ModelFamily.Flux),
    ];

    private static readonly ModelFamily[] Old = [ModelFamily.StableDiffusion1, ModelFamily.StableDiffusion2];
    private static readonly ModelFamily[] Transformers = [ModelFamily.StableDiffusion3, ModelFamily.Flux];

    /// <summary>What a file seems to be for; null where nothing tells.</summary>
    /// <param name="shapes">Of the file's tensors, by key.</param>
    /// <param name="metadata">The file's.</param>
    public static LoraOrigin? Of(IReadOnlyDictionary<string, long[]> shapes, IReadOnlyDictionary<string, string> metadata)
    {
        var written = metadata.GetValueOrDefault("ss_base_model_version") ?? metadata.GetValueOrDefault("modelspec.architecture");
        var known = Marks.FirstOrDefault(mark => written?.Contains(mark.Mark, StringComparison.OrdinalIgnoreCase) == true);
        if (known.Mark is not null)
        {
            return Among(known.Family);
        }
        return ByKeys(shapes) ?? (string.IsNullOrWhiteSpace(written) ? null : new([], $"another model ({written})"));
    }

    private static LoraOrigin? ByKeys(IReadOnlyDictionary<string, long[]> shapes)
    {
        bool Any(string part) => shapes.Keys.Any(key => key.Contains(part, StringComparison.Ordinal));
        if (Any("double_blocks") || Any("single_blocks") || Any("single_transformer_blocks"))
        {
            return Among(ModelFamily.Flux);
        }
        if (Any("joint_blocks"))
        {
            return Among(ModelFamily.StableDiffusion3);
        }
        if (Any("add_q_proj") || Any("add_k_proj") || Any("lora_te3_") || shapes.Keys.Any(key => Transformer().IsMatch(key)))
        {
            return Among(Transformers);
        }
        return TextWidth(shapes) switch
        {
            768 => Among(ModelFamily.StableDiffusion1),
            1024 => Among(ModelFamily.StableDiffusion2),
            2048 => Among(ModelFamily.StableDiffusionXl),
            _ when shapes.Keys.Any(key => Deep().IsMatch(key)) || Any("lora_te2_") || Any("text_encoder_2.") =>
                Among(ModelFamily.StableDiffusionXl),
            _ when shapes.Keys.Any(key => Shallow().IsMatch(key)) => Among(Old),
            _ => null,
        };
    }

    /// <summary>The width of a text's tokens that all of a file's tensors want; null where none of them shows it.</summary>
    private static long? TextWidth(IReadOnlyDictionary<string, long[]> shapes) =>
        shapes.Where(pair => CrossDown().IsMatch(pair.Key) && pair.Value.Length > 1).Select(pair => pair.Value[1]).Distinct().ToList()
            is [var width] ? width : null;

    private static LoraOrigin Among(params ModelFamily[] families) =>
        new(families, string.Join(" or ", families.Select(family => family.Told())));

    /// <summary>For one sentence of an error; null where the file may be for this model.</summary>
    /// <param name="shapes">Of the file's tensors, by key.</param>
    /// <param name="metadata">The file's.</param>
    /// <param name="model">The model that it was to be laid on.</param>
    public static string? Mismatch(
        IReadOnlyDictionary<string, long[]> shapes, IReadOnlyDictionary<string, string> metadata, LoraBase model)
    {
        if (Of(shapes, metadata) is { } origin && !origin.Families.Contains(model.Family))
        {
            return $"it seems to be made for {origin.Told}, and this model is {model.Family.Told()}";
        }
        return TextWidth(shapes) is { } wanted && model.TextWidth is { } own && wanted != own
            ? string.Create(CultureInfo.InvariantCulture,
                $"it seems to be made for a model whose texts have {wanted} numbers a token, and this model's have {own}")
            : null;
    }

    // A U-Net's cross-attention, whose first half is as wide as the text.
    [GeneratedRegex(@"attn2[._](?:processor\.)?to_[kv](?:_lora)?\.(?:lora[._])?(?:down|lora_down|lora_A)(?:\.[a-z0-9_]+)?(?:\.weight)?$",
        RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex CrossDown();

    [GeneratedRegex(@"transformer_blocks[._][1-9]", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Deep();

    [GeneratedRegex(@"down_blocks[._]0[._]attentions|up_blocks[._]3[._]|input_blocks[._][12][._]1[._]",
        RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Shallow();

    // A block of a transformer, not of a U-Net's attention.
    [GeneratedRegex(@"^(?:base_model\.model\.)?(?:transformer\.|lora_(?:unet|transformer)_)?transformer_blocks[._]\d",
        RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Transformer();
}
