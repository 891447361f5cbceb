using System.Threading.RateLimiting;
using Labeler.Shared.Data.Servers;

namespace Labeler.Web.Security;

/// <summary>So many in a minute, over all servers of the installation.</summary>
internal sealed class SharedLimiter(SharedCounters counters, CounterKind kind, string about, int limit) : RateLimiter
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private long _used = Environment.TickCount64;

    public override TimeSpan? IdleDuration => TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _used));

    public override RateLimiterStatistics? GetStatistics() => null;

    // The database is asked, which takes a moment: whoever tries without waiting is told to wait for it.
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => new Lease(false);

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _used, Environment.TickCount64);
        var taken = await counters.Take(kind, about, permitCount, limit, Window, cancellationToken);
        return new Lease(taken.Given == permitCount);
    }

    private sealed class Lease(bool isAcquired) : RateLimitLease
    {
        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
