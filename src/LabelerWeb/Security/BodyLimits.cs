using Microsoft.AspNetCore.Http.Features;

namespace Labeler.Web.Security;

public static class BodyLimits
{
    /// <summary>
    /// Refuses a body that announces itself as too large before anything reads it, so that the answer is 413 and not the complaint
    /// of whatever happened to be reading. The limit is WebOptions.MaxRequestBytes, or the endpoint's own.
    /// </summary>
    public static IApplicationBuilder UseBodyLimits(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        if (!(context.Request.ContentLength > limit))
        {
            return next(context);
        }
        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return Task.CompletedTask;
    });
}
