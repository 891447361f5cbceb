using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Labeler.Web.Features.Api;

/// <summary>What the description of the interface says besides what follows from the code.</summary>
internal static class OpenApiText
{
    public const string Document = "v1";
    private const string Scheme = "token";

    public static void Describe(OpenApiOptions options)
    {
        options.ShouldInclude = about => about.RelativePath?.StartsWith(ApiAddresses.Prefix[1..], StringComparison.Ordinal) == true;
        // Records of several addresses have the same name inside their classes.
        options.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } id
            ? (type.Type.IsNested ? type.Type.DeclaringType!.Name : "") + id : null;
        // Numbers are also taken as texts, but are told as what they are; words are texts.
        options.AddSchemaTransformer((schema, _, _) =>
        {
            if (schema.Type is { } type && (type & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
            {
                (schema.Type, schema.Pattern) = (type & ~JsonSchemaType.String, null);
            }
            else if (schema.Enum is { Count: > 0 })
            {
                schema.Type ??= JsonSchemaType.String;
            }
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Labeler",
                Version = Document,
                Description = "Sign in with Authorization: Bearer KEY; keys are made on the page of the account. "
                    + "Lists go on with ?after=NEXT. "
                    + "Writing takes an Idempotency-Key, and RateLimit headers say what is left of a minute's requests.",
            };
            document.Components ??= new();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            };
            document.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            return Task.CompletedTask;
        });
    }
}
