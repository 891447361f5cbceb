using Microsoft.OpenApi;

namespace Labeler.Web.Features.Api;

/// <summary>What a piece of JSON looks like, in words that stand where its values would.</summary>
internal static class ShapeText
{
    /// <param name="deepest">Objects that lie deeper in each other than this are left out.</param>
    public static string Of(IOpenApiSchema schema, int deepest) => Text(schema, deepest, "");

    private static string Text(IOpenApiSchema schema, int deepest, string indent)
    {
        if (schema.Properties is { Count: > 0 } properties)
        {
            var inner = indent + "  ";
            return deepest == 0 ? "{…}" : "{\n" + string.Join(",\n", properties.Select(property =>
                $"{inner}\"{property.Key}\": {Text(property.Value, deepest - 1, inner)}")) + $"\n{indent}}}";
        }
        if (schema.Items is { } items)
        {
            return $"[{Text(items, deepest, indent)}, …]";
        }
        if (schema.Enum is { Count: > 0 } values)
        {
            return string.Join(" | ", values.Select(value => value?.ToJsonString() ?? "null"));
        }
        if ((schema.OneOf ?? schema.AnyOf) is { Count: > 0 } choices)
        {
            return string.Join(" | ", choices.Select(choice => Text(choice, deepest, indent)).Distinct());
        }
        return schema.Format ?? Named(schema.Type);
    }

    private static string Named(JsonSchemaType? type) => type switch
    {
        null => "anything",
        { } known when known.HasFlag(JsonSchemaType.String) => "text",
        { } known when known.HasFlag(JsonSchemaType.Boolean) => "true | false",
        { } known when known.HasFlag(JsonSchemaType.Integer) || known.HasFlag(JsonSchemaType.Number) => "number",
        _ => "null",
    };
}
