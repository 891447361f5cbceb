using System.Text.Json;
using System.Text.Json.Serialization;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>A model folder may carry a d3po.json with the settings that suit it; what it leaves out is as everywhere.</summary>
public static class ModelDefaults
{
    /// <summary>The file's name inside the model folder.</summary>
    public const string FileName = "d3po.json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <exception cref="EngineException">The file is there but cannot be read, or holds an impossible value.</exception>
    public static D3poOptions Read(string modelFolder)
    {
        var path = Path.Combine(modelFolder, FileName);
        if (!File.Exists(path))
        {
            return new D3poOptions();
        }
        try
        {
            var options = JsonSerializer.Deserialize<D3poOptions>(StrictText.Read(path), Format) ?? new D3poOptions();
            options.Validate();
            return options;
        }
        catch (JsonException error)
        {
            throw new EngineException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
