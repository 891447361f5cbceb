using System.Text.Json;
using System.Text.Json.Nodes;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>Everything that decides what a folder of samples holds; kept in its <c>sampling.json</c>.</summary>
public sealed record SampleManifest
{
    /// <summary>Content hash of the model.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Content hash of the adapter's file; empty without one.</summary>
    public required string AdapterHash { get; init; }

    /// <summary>One prompt per group, in order.</summary>
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <summary>Seed of the whole run; group g has <see cref="Seeds.At"/>(Seed, g).</summary>
    public required ulong Seed { get; init; }

    /// <summary>Images per group.</summary>
    public required int GroupSize { get; init; }

    /// <summary>DDIM steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Share of noise.</summary>
    public required double Eta { get; init; }

    /// <summary>Which noise a flow model's steps add; empty for others.</summary>
    public string Noise { get; init; } = "";

    /// <summary>Which steps of a flow model add it, as <c>2+3</c>; empty for all.</summary>
    public string Window { get; init; } = "";

    /// <summary>Guidance scale.</summary>
    public required double Guidance { get; init; }

    /// <summary>What guidance leads away from.</summary>
    public required string Negative { get; init; }

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Element type in which the model computes.</summary>
    public required string Precision { get; init; }

    /// <summary>Element type in which latents are kept.</summary>
    public required string Storage { get; init; }

    /// <summary>Whether means are kept.</summary>
    public required bool KeepMeans { get; init; }

    /// <summary>Images in one forward call, 0 by the model's size: it decides the last bits.</summary>
    public required int ImagesAtOnce { get; init; }

    internal static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The settings in which two manifests differ, by name; empty when they are the same.</summary>
    public IReadOnlyList<string> DifferencesFrom(SampleManifest other)
    {
        JsonObject mine = JsonSerializer.SerializeToNode(this, Json)!.AsObject(),
            theirs = JsonSerializer.SerializeToNode(other, Json)!.AsObject();
        return [.. mine.Where(setting => !JsonNode.DeepEquals(setting.Value, theirs[setting.Key])).Select(setting => setting.Key)];
    }
}
