using System.Globalization;
using System.Text.Json;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion.Flow;
using TorchSharp;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>Where a trajectory came from; kept in its file as text.</summary>
public sealed record TrajectoryOrigin
{
    /// <summary>The prompt of all images.</summary>
    public required string Prompt { get; init; }

    /// <summary>What guidance led away from.</summary>
    public string Negative { get; init; } = "";

    /// <summary>Guidance scale.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>Share of noise.</summary>
    public double Eta { get; init; }

    /// <summary>Which noise a flow model's steps added; empty for others.</summary>
    public string Noise { get; init; } = "";

    /// <summary>The same, as steps are made of.</summary>
    public FlowNoise FlowNoise => Noise.Length > 0 ? FlowNoiseNames.Parse(Noise) : FlowNoise.None;

    /// <summary>Which steps of a flow model added noise.</summary>
    public NoiseWindow Window { get; init; }

    /// <summary>The type that the model computed in, by its name; empty for float32.</summary>
    public string Precision { get; init; } = "";

    /// <summary>The same, as a type.</summary>
    public torch.ScalarType ComputedIn => Precision.Length > 0 ? Precisions.Parse(Precision) : torch.ScalarType.Float32;

    /// <summary>Seed of the starting noise that all images share.</summary>
    public ulong Seed { get; init; }

    /// <summary>Seed of each image's own noise.</summary>
    public IReadOnlyList<ulong> ImageSeeds { get; init; } = [];

    /// <summary>Pixels.</summary>
    public int Width { get; init; }

    /// <summary>Pixels.</summary>
    public int Height { get; init; }

    /// <summary>Content hash of the model, see <see cref="ModelHash"/>.</summary>
    public string ModelHash { get; init; } = "";

    /// <summary>Content hash of the adapter's file; empty without one.</summary>
    public string AdapterHash { get; init; } = "";

    /// <summary>As a file's header has it.</summary>
    public Dictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>
        {
            ["prompt"] = Prompt,
            ["negative"] = Negative,
            ["guidance"] = Guidance.ToString("R", CultureInfo.InvariantCulture),
            ["eta"] = Eta.ToString("R", CultureInfo.InvariantCulture),
            ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
            ["image_seeds"] = JsonSerializer.Serialize(ImageSeeds),
            ["width"] = Width.ToString(CultureInfo.InvariantCulture),
            ["height"] = Height.ToString(CultureInfo.InvariantCulture),
            ["model_hash"] = ModelHash,
            ["adapter_hash"] = AdapterHash,
        };
        if (Noise.Length > 0)
        {
            metadata["noise"] = Noise;
        }

        if (!Window.IsEverything)
        {
            metadata["noise_window"] = Window.ToString();
        }

        if (Precision.Length > 0)
        {
            metadata["precision"] = Precision;
        }

        return metadata;
    }

    /// <summary>From a file's header.</summary>
    /// <exception cref="KeyNotFoundException">A part is missing.</exception>
    /// <exception cref="FormatException">A number is none.</exception>
    public static TrajectoryOrigin Of(IReadOnlyDictionary<string, string> metadata) => new()
    {
        Prompt = metadata["prompt"],
        Negative = metadata["negative"],
        Guidance = double.Parse(metadata["guidance"], CultureInfo.InvariantCulture),
        Eta = double.Parse(metadata["eta"], CultureInfo.InvariantCulture),
        Seed = ulong.Parse(metadata["seed"], CultureInfo.InvariantCulture),
        ImageSeeds = JsonSerializer.Deserialize<ulong[]>(metadata["image_seeds"]) ?? [],
        Width = int.Parse(metadata["width"], CultureInfo.InvariantCulture),
        Height = int.Parse(metadata["height"], CultureInfo.InvariantCulture),
        Noise = metadata.GetValueOrDefault("noise", ""),
        Window = NoiseWindow.Parse(metadata.GetValueOrDefault("noise_window", "")),
        Precision = metadata.GetValueOrDefault("precision", ""),
        ModelHash = metadata["model_hash"],
        AdapterHash = metadata["adapter_hash"],
    };
}
