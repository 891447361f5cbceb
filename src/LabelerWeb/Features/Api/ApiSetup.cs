using System.Text.Json;
using System.Text.Json.Serialization;
using Labeler.Web.Security.Tokens;

namespace Labeler.Web.Features.Api;

public static class ApiSetup
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddSingleton<RequestLimits>();
        services.ConfigureHttpJsonOptions(json =>
        {
            // Words, but for flags, which may stand together.
            json.SerializerOptions.Converters.Add(new JsonNumberEnumConverter<FlagKinds>());
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        });
        return services.AddOpenApi(OpenApiText.Document, OpenApiText.Describe);
    }

    /// <summary>After authorization: limits, then requests that came before.</summary>
    public static IApplicationBuilder UseApi(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.User.TokenId() is not { } token
            || await context.RequestServices.GetRequiredService<RequestLimits>().Take(context, token))
        {
            await next(context);
        }
    }).UseRepeatedRequests();
}
