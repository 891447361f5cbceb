using System.Globalization;
using System.Threading.RateLimiting;
using Labeler.Web.Hosting;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Api;

/// <summary>How much a program may ask: so many requests a minute for each token. Every answer says what is left.</summary>
public sealed class RequestLimits(IOptions<WebOptions> options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<Guid> _limiter = PartitionedRateLimiter.Create<Guid, Guid>(token =>
        RateLimitPartition.GetFixedWindowLimiter(token, _ => new() { PermitLimit = options.Value.ApiRequestsPerMinute, Window = Window }));

    private int PerMinute => options.Value.ApiRequestsPerMinute;

    public void Dispose() => _limiter.Dispose();

    /// <summary>Takes one request of the token; false where none is left, and the answer has been given.</summary>
    public async Task<bool> Take(HttpContext context, Guid token)
    {
        using var lease = _limiter.AttemptAcquire(token);
        var left = _limiter.GetStatistics(token)?.CurrentAvailablePermits ?? 0;
        context.Response.Headers["RateLimit-Limit"] = Text(PerMinute);
        context.Response.Headers["RateLimit-Remaining"] = Text(left);
        context.Response.Headers["RateLimit-Reset"] = Text((long)Window.TotalSeconds);
        if (lease.IsAcquired)
        {
            return true;
        }
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
        context.Response.Headers.RetryAfter = Text((long)Math.Ceiling(wait.TotalSeconds));
        await Results.Problem($"At most {PerMinute} requests a minute.", statusCode: StatusCodes.Status429TooManyRequests)
            .ExecuteAsync(context);
        return false;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
