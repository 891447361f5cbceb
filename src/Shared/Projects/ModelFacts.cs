using System.Globalization;
using System.Text.Json;
using Labeler.Shared.Memory;

namespace Labeler.Shared.Projects;

/// <summary>What can be said of a model before it is loaded.</summary>
/// <param name="Family">As people call it.</param>
/// <param name="Bytes">Of all of its weights.</param>
/// <param name="Precision">Of most of its largest file's tensors, such as float16; null where that cannot be told.</param>
public sealed record ModelFacts(string Family, long Bytes, string? Precision)
{
    private const int LargestIndex = 1024 * 1024;

    private static readonly Dictionary<string, string> Families = new()
    {
        ["StableDiffusionPipeline"] = "Stable Diffusion 1.x or 2.x",
        ["StableDiffusionXLPipeline"] = "Stable Diffusion XL",
        ["StableDiffusion3Pipeline"] = "Stable Diffusion 3",
        ["FluxPipeline"] = "FLUX",
    };

    private static readonly Dictionary<string, string> Types = new()
    {
        ["F32"] = "float32",
        ["F16"] = "float16",
        ["BF16"] = "bfloat16",
        ["F8_E4M3"] = "float8",
        ["F8_E5M2"] = "float8",
    };

    /// <summary>How large its parts are; null where neither its configs nor its tensors say.</summary>
    public ModelFootprint? Footprint { get; private init; }

    /// <summary>Such as: Stable Diffusion XL, 6.9 GB, float16.</summary>
    /// <param name="family">What to call its family.</param>
    public string Told(string family) => string.Join(", ", new[] { family, Size, Precision }.OfType<string>());

    private string Size => Bytes < 100_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{Bytes / 1e6:0.#} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{Bytes / 1e9:0.#} GB");

    /// <param name="setting">As a project has it; see <see cref="ModelPath"/>.</param>
    /// <exception cref="LabelerException">There is no model there, or one of a kind that is not known.</exception>
    public static ModelFacts Read(string setting, string dataFolder)
    {
        var path = ModelPath.Find(setting, dataFolder);
        try
        {
            if (File.Exists(path))
            {
                return new(SingleFileHeader.Read(path)?.Family.Told() ?? "one file", new FileInfo(path).Length, PrecisionOf(path))
                {
                    Footprint = SingleFileFootprint.Read(path),
                };
            }
            var files = new DirectoryInfo(path).EnumerateDirectories().SelectMany(part => part.EnumerateFiles("*.safetensors")).ToList();
            var kind = KindOf(Path.Combine(path, "model_index.json"));
            return new(
                Families.GetValueOrDefault(kind)
                    ?? throw new LabelerException($"The model in {setting} is a {kind}, which is not one that can be trained here."),
                files.Sum(file => file.Length), files.MaxBy(file => file.Length) is { } largest ? PrecisionOf(largest.FullName) : null)
            {
                Footprint = StoredFootprint.Read(path),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new LabelerException($"The model in {setting} cannot be read: {error.Message}", error);
        }
    }

    private static string KindOf(string index)
    {
        using var file = File.OpenRead(index);
        LabelerException.ThrowIf(file.Length > LargestIndex, $"{index} is too large for a model_index.json.");
        using var json = JsonDocument.Parse(file);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("_class_name", out var name)
            && name.ValueKind == JsonValueKind.String ? name.GetString()! : "folder without a _class_name in its model_index.json";
    }

    private static string? PrecisionOf(string path) => TensorHeader.Read(path).Select(tensor => Types.GetValueOrDefault(tensor.Type))
        .OfType<string>().GroupBy(type => type).MaxBy(type => type.Count())?.Key;
}
