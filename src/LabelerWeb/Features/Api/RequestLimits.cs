using System.Collections.Concurrent;
using System.Globalization;
using Labeler.Shared.Data.Servers;
using Labeler.Web.Hosting;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Api;

/// <summary>How much a program may ask: so many requests a minute for each token, over all servers. Every answer says what is
/// left.</summary>
public sealed class RequestLimits(IOptions<WebOptions> options, SharedCounters counters, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // A server takes several at once from the database, so that few requests write; at the end of a minute some may be left over.
    private const int Parts = 20;

    private readonly ConcurrentDictionary<Guid, Allowance> _allowances = new();

    private int PerMinute => options.Value.ApiRequestsPerMinute;

    public void Dispose()
    {
        foreach (var allowance in _allowances.Values)
        {
            allowance.Turn.Dispose();
        }
    }

    /// <summary>Takes one request of the token; false where none is left, and the answer has been given.</summary>
    public async Task<bool> Take(HttpContext context, Guid token)
    {
        var allowance = _allowances.GetOrAdd(token, _ => new());
        await allowance.Turn.WaitAsync(context.RequestAborted);
        bool isTaken;
        try
        {
            isTaken = await Take(allowance, token, context.RequestAborted);
            context.Response.Headers["RateLimit-Limit"] = Text(PerMinute);
            context.Response.Headers["RateLimit-Remaining"] = Text(allowance.Here + allowance.Elsewhere);
            context.Response.Headers["RateLimit-Reset"] = Text(Seconds(allowance));
        }
        finally
        {
            allowance.Turn.Release();
        }
        if (isTaken)
        {
            return true;
        }
        context.Response.Headers.RetryAfter = Text(Math.Max(1, Seconds(allowance)));
        await Results.Problem($"At most {PerMinute} requests a minute.", statusCode: StatusCodes.Status429TooManyRequests)
            .ExecuteAsync(context);
        return false;
    }

    private async Task<bool> Take(Allowance allowance, Guid token, CancellationToken cancel)
    {
        var isOver = time.GetUtcNow() >= allowance.Ends;
        if (isOver || (allowance.Here == 0 && allowance.Elsewhere > 0))
        {
            var some = Math.Max(1, PerMinute / Parts);
            var taken = await counters.Take(CounterKind.TokenRequests, token.ToString(), some, PerMinute, Window, cancel);
            (allowance.Here, allowance.Elsewhere, allowance.Ends) = (taken.Given, taken.Left, taken.Ends);
        }
        if (allowance.Here == 0)
        {
            return false;
        }
        allowance.Here--;
        return true;
    }

    private long Seconds(Allowance allowance) => (long)Math.Ceiling(Math.Max(0, (allowance.Ends - time.GetUtcNow()).TotalSeconds));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Of a token that the database knows, on this server; there are no more than those.
    private sealed class Allowance
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Here { get; set; }

        /// <summary>In the database, for this server and others.</summary>
        public int Elsewhere { get; set; }

        public DateTimeOffset Ends { get; set; }
    }
}
