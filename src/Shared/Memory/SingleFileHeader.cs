using System.Text.Json;

namespace Labeler.Shared.Memory;

/// <summary>What the header of a checkpoint in one safetensors file says, in the layout in which its makers published it (CompVis,
/// Stability, Black Forest Labs): its family, and which tensors are of which part. No weight is read.</summary>
public sealed class SingleFileHeader
{
    private static readonly string[] DenoiserPrefixes = ["model.diffusion_model.", "diffusion_model.", ""];
    private static readonly string[] VaePrefixes = ["first_stage_model.", "vae.", ""];

    private readonly IReadOnlyList<TensorHeader> _tensors;

    private SingleFileHeader(IReadOnlyList<TensorHeader> tensors, HashSet<string> names, ModelFamily family)
    {
        (_tensors, Family) = (tensors, family);
        Denoiser = Behind(DenoiserPrefix(names, family));
        Vae = VaePrefix(names) is { } prefix ? Behind(prefix) : [];
    }

    /// <summary>What its denoiser says that it is.</summary>
    public ModelFamily Family { get; }

    /// <summary>The denoiser's tensors, named without what stands before all of them.</summary>
    public IReadOnlyList<TensorHeader> Denoiser { get; }

    /// <summary>The autoencoder's; empty where the file does not hold it.</summary>
    public IReadOnlyList<TensorHeader> Vae { get; }

    /// <returns>Null where the file is no such checkpoint.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="JsonException">Its header is no JSON.</exception>
    public static SingleFileHeader? Read(string path)
    {
        var tensors = TensorHeader.Read(path);
        var names = tensors.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return FamilyOf(names) is { } family ? new(tensors, names, family) : null;
    }

    /// <summary>The family of a file by the names of its tensors; null where it holds no denoiser that is known.</summary>
    public static ModelFamily? FamilyOf(IReadOnlyCollection<string> names)
    {
        bool Any(string start) => names.Any(name => name.Contains(start, StringComparison.Ordinal));
        return Any("double_blocks.0.") ? ModelFamily.Flux
            : Any("joint_blocks.0.") ? ModelFamily.StableDiffusion3
            : !Any("input_blocks.0.0.") ? null
            : Any("label_emb.0.0.") ? ModelFamily.StableDiffusionXl
            : Any("cond_stage_model.model.") ? ModelFamily.StableDiffusion2
            : ModelFamily.StableDiffusion1;
    }

    /// <summary>What stands before the names of the denoiser's tensors.</summary>
    public static string DenoiserPrefix(IReadOnlyCollection<string> names, ModelFamily family)
    {
        var first = family switch
        {
            ModelFamily.Flux => "double_blocks.0.",
            ModelFamily.StableDiffusion3 => "joint_blocks.0.",
            _ => "input_blocks.0.0.",
        };
        return DenoiserPrefixes.First(start => start.Length == 0
            || names.Any(name => name.StartsWith(start + first, StringComparison.Ordinal)));
    }

    /// <summary>What stands before the names of the autoencoder's tensors; null where the file does not hold it.</summary>
    public static string? VaePrefix(IReadOnlyCollection<string> names) =>
        VaePrefixes.FirstOrDefault(start => names.Contains($"{start}decoder.conv_in.weight"));

    /// <summary>Text encoders, by the names of their folders in the diffusers layout, and what stands before their tensors' names:
    /// where it ends in <c>.model.</c>, OpenCLIP's layout follows, else that of transformers.</summary>
    public static IReadOnlyList<(string Part, string Prefix)> TextPrefixes(ModelFamily family) =>
    [
        ("text_encoder", "cond_stage_model.transformer."),
        ("text_encoder", "cond_stage_model.model."),
        ("text_encoder", "conditioner.embedders.0.transformer."),
        ("text_encoder_2", "conditioner.embedders.1.model."),
        ("text_encoder", "text_encoders.clip_l.transformer."),
        ("text_encoder_2", "text_encoders.clip_g.transformer."),
        (family == ModelFamily.Flux ? "text_encoder_2" : "text_encoder_3", "text_encoders.t5xxl.transformer."),
    ];

    /// <summary>A text encoder's tensors; empty where the file does not hold it.</summary>
    /// <param name="part">As <c>text_encoder_2</c>.</param>
    public IReadOnlyList<TensorHeader> Text(string part) => TextPrefixes(Family).Where(text => text.Part == part)
        .Select(text => Behind(text.Prefix)).FirstOrDefault(tensors => tensors.Count > 0) ?? [];

    private List<TensorHeader> Behind(string prefix) => [.. _tensors
        .Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(tensor => tensor with { Name = tensor.Name[prefix.Length..] })];
}
