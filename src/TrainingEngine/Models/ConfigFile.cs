using System.Globalization;
using System.Text.Json;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models;

/// <summary>A model's config.json, read key by key; a value that this engine does not know is an error that names file and key.</summary>
public sealed class ConfigFile
{
    /// <summary>Largest number of layers or blocks in a row.</summary>
    public const long MostLayers = 200;

    private const long LargestSize = 1 << 24;
    private const int MostLevels = 12;
    private readonly JsonElement _root;

    private ConfigFile(string path, JsonElement root) => (Path, _root) = (path, root);

    public string Path { get; }

    /// <exception cref="EngineException">The file is missing or is no JSON object.</exception>
    public static ConfigFile Read(string path)
    {
        try
        {
            FileKind.RequireJson(path);
            return Parse(path, StrictText.Read(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read ({error.Message}); the model folder must be in the diffusers layout", error);
        }
    }

    public static ConfigFile Parse(string path, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new EngineException($"{path}: is not a JSON object");
            }

            return new ConfigFile(path, document.RootElement.Clone());
        }
        catch (JsonException error)
        {
            throw new EngineException($"{path}: is not JSON ({error.Message})", error);
        }
    }

    /// <summary>Whether the key is there and not null.</summary>
    public bool Has(string key) => Present(key) is not null;

    /// <summary>Whether the key is there and null, where being absent would mean its default.</summary>
    public bool IsNull(string key) => _root.TryGetProperty(key, out var element) && element.ValueKind == JsonValueKind.Null;

    /// <summary>A size or a number of things: whole, at least 1.</summary>
    /// <param name="most">The largest that is believed: what makes loops longer must not make them endless.</param>
    public long Count(string key, long? otherwise = null, long most = LargestSize) =>
        Counted(key, Value(key, element => element.GetInt64(), otherwise), most);

    /// <summary>A number of layers or blocks.</summary>
    public long Layers(string key, long? otherwise = null) => Count(key, otherwise, MostLayers);

    /// <summary>Several sizes, at least one and no more than any model has levels.</summary>
    public long[] Counts(string key, long most = LargestSize)
    {
        var list = Present(key) is { } element
            ? Convert(key, element, value => value.EnumerateArray().Select(item => item.GetInt64()).ToArray()) : throw Missing(key);
        return list.Length is > 0 and <= MostLevels
            ? [.. list.Select(value => Counted(key, value, most))]
            : throw Fault(key, list.Length == 0 ? "is empty" : $"has {list.Length} values, which no model has");
    }

    /// <summary>Whole numbers, in any order and number; none where the key is absent.</summary>
    public long[] Numbers(string key) => Present(key) is { } element
        ? Convert(key, element, value => value.EnumerateArray().Select(item => item.GetInt64()).ToArray()) : [];

    /// <summary>A finite number above 0.</summary>
    public double Positive(string key, double otherwise) =>
        Value(key, element => element.GetDouble(), (double?)otherwise) is var value && double.IsFinite(value) && value > 0
        ? value
        : throw Fault(key, $"is {value.ToString(CultureInfo.InvariantCulture)}; a number above 0 is needed");

    /// <summary>A finite number.</summary>
    public double Number(string key, double otherwise) =>
        Value(key, element => element.GetDouble(), (double?)otherwise) is var value && double.IsFinite(value)
            ? value : throw Fault(key, "is not finite");

    public bool Bool(string key, bool otherwise = false) => Value(key, element => element.GetBoolean(), (bool?)otherwise);

    public string Text(string key, string? otherwise = null) =>
        Present(key) is { } element ? Convert(key, element, value => value.GetString()!) : otherwise ?? throw Missing(key);

    public string[] Texts(string key) =>
        Present(key) is { } element ? Convert(key, element, value => value.EnumerateArray().Select(item => item.GetString()!).ToArray())
            : throw Missing(key);

    /// <summary>One number for every level, or a list with one for each.</summary>
    public long[] PerLevel(string key, int levels, long? otherwise = null, long most = LargestSize)
    {
        if (Present(key) is not { ValueKind: JsonValueKind.Array })
        {
            return [.. Enumerable.Repeat(Count(key, otherwise, most), levels)];
        }

        var list = Counts(key, most);
        return list.Length == levels ? list : throw Fault(key, $"has {list.Length} values for {levels} levels");
    }

    /// <summary>Requires a key to be absent, null or one of the values that the engine implements.</summary>
    public void Only(string key, params string[] known)
    {
        if (Present(key) is { } element && !known.Contains(element.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            throw Fault(key,
                $"is {element}, which this engine does not know{(known.Length > 0 ? $"; it knows {string.Join(", ", known)}" : "")}");
        }
    }

    /// <summary>Requires every one of some widths to be shared out evenly: among groups, among heads.</summary>
    public void Divides(string key, IEnumerable<long> parts, IEnumerable<long> widths)
    {
        foreach (var (part, width) in parts.Zip(widths))
        {
            if (width % part != 0)
            {
                throw Fault(key, $"is {part}, which does not divide the width {width}");
            }
        }
    }

    public EngineException Fault(string key, string what) => new($"{Path}: {key} {what}");

    private long Counted(string key, long value, long most) =>
        value > 0 && value <= most ? value : throw Fault(key, $"is {value}, which no model has");

    private EngineException Missing(string key) => new($"{Path}: {key} is missing");

    private JsonElement? Present(string key) =>
        _root.TryGetProperty(key, out var element) && element.ValueKind != JsonValueKind.Null ? element : null;

    private T Value<T>(string key, Func<JsonElement, T> read, T? otherwise) where T : struct =>
        Present(key) is { } element ? Convert(key, element, read) : otherwise ?? throw Missing(key);

    private T Convert<T>(string key, JsonElement element, Func<JsonElement, T> read)
    {
        try
        {
            return read(element);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw Fault(key, $"has the unexpected value {element}");
        }
    }
}
