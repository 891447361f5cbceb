using Labeler.Web.Hosting;

namespace Labeler.Web.Features.Health;

/// <summary>Ends a server so that nobody notices, where others go on.</summary>
public static class DrainingSetup
{
    public static IServiceCollection AddDraining(this IServiceCollection services) =>
        services.AddSingleton<Draining>().AddSingleton<IHostLifetime, DrainingLifetime>();

    /// <summary>Sends away whoever opens a page of a server that is about to end. Programs, files and posts are answered.</summary>
    public static IApplicationBuilder UseDraining(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!IsOpening(context.Request) || !context.RequestServices.GetRequiredService<Draining>().SendsAway)
        {
            return next(context);
        }
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync("This server is about to end: ask again.");
    });

    // A page, or the connection that a page which stays open begins with.
    private static bool IsOpening(HttpRequest request) =>
        request.Path.StartsWithSegments("/_blazor/negotiate")
        || (HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            && !request.Path.StartsWithSegments("/health"));
}
