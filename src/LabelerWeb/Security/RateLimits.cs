using System.Threading.RateLimiting;
using Labeler.Shared.Data.Servers;
using Labeler.Web.Hosting;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Security;

/// <summary>Limits on what guesses passwords and links, counted over all servers. Only posts count: looking at a form is free.</summary>
public static class RateLimits
{
    public const string SignIn = "sign-in";

    public static IServiceCollection AddRateLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy(SignIn, context =>
            {
                if (!HttpMethods.IsPost(context.Request.Method))
                {
                    return RateLimitPartition.GetNoLimiter("");
                }
                // Of the application, as the limiter outlives the request.
                var (counters, limit) = (context.RequestServices.GetRequiredService<SharedCounters>(),
                    context.RequestServices.GetRequiredService<IOptions<WebOptions>>().Value.SignInsPerMinute);
                return RateLimitPartition.Get(context.Connection.RemoteIpAddress?.ToString() ?? "",
                    address => new SharedLimiter(counters, CounterKind.SignIns, address, limit));
            });
        });
        return services;
    }
}
