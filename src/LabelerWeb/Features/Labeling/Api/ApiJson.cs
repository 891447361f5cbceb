using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Labeler.Web.Features.Labeling.Api;

/// <summary>JSON of the labeling page: picks are words, flags numbers (1 deformed, 2 unsafe). What does not fit is refused.</summary>
internal static class ApiJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter<PairPick>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        AllowOutOfOrderMetadataProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
        MaxDepth = 8,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RefuseNullInLists } },
    };

    // The serializer refuses null for properties, but does not look into lists. A list that may hold it is an array.
    private static void RefuseNullInLists(JsonTypeInfo type)
    {
        var lists = type.Properties.Where(property => property.PropertyType is { IsGenericType: true } list
            && list.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)).ToList();
        if (lists.Count > 0)
        {
            type.OnDeserialized = read =>
            {
                if (lists.Find(list => list.Get!(read) is IEnumerable held && held.Cast<object?>().Contains(null)) is { } broken)
                {
                    throw new JsonException($"\"{broken.Name}\" holds null.");
                }
            };
        }
    }

    /// <exception cref="LabelerException">It is not JSON of that shape; the message says where.</exception>
    public static async Task<T> Read<T>(HttpRequest request, CancellationToken cancel)
    {
        if (!request.HasJsonContentType())
        {
            throw new LabelerException("Send JSON (Content-Type: application/json).");
        }
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Options, cancel)
                ?? throw new LabelerException("The request is empty.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            var place = (e as JsonException)?.Path is { Length: > 1 and < 120 } path ? $" at {path}" : "";
            throw new LabelerException($"The request is not what was expected{place}: reload the page.", e);
        }
    }
}
