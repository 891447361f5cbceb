namespace Labeler.Web.Security;

/// <summary>Failures by a key, and the delays that follow from them: 10 seconds, doubled with each further one, a quarter of an hour at
/// most. Not for several threads at once.</summary>
/// <param name="free">The last failure that costs no time is the one before this many.</param>
internal sealed class FailureCounters(int free)
{
    /// <summary>Keys that are remembered at most.</summary>
    public const int Capacity = 10_000;

    /// <summary>After so long without one, earlier failures are forgotten.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, Counter> _counters = [];

    public int Length => _counters.Count;

    public TimeSpan Wait(string key, DateTimeOffset now) =>
        _counters.GetValueOrDefault(key) is { Failures: var failures, Last: var last } && failures >= free && last + Delay(failures) > now
            ? last + Delay(failures) - now
            : TimeSpan.Zero;

    public void Count(string key, DateTimeOffset now)
    {
        var before = _counters.GetValueOrDefault(key);
        if (before.Failures == 0 && _counters.Count >= Capacity)
        {
            MakeRoom(now);
        }
        _counters[key] = new(now - before.Last > Memory ? 1 : before.Failures + 1, now);
    }

    public void TakeBack(string key)
    {
        if (_counters.TryGetValue(key, out var counter))
        {
            if (counter.Failures > 1)
            {
                _counters[key] = counter with { Failures = counter.Failures - 1 };
                return;
            }
            _counters.Remove(key);
        }
    }

    public void Forget(string key) => _counters.Remove(key);

    private TimeSpan Delay(int failures) =>
        TimeSpan.FromSeconds(Math.Min(First.TotalSeconds * Math.Pow(2, failures - free), Longest.TotalSeconds));

    // The old ones, and where that is not enough those with the fewest failures: inventing names does not wipe out what a guesser has
    // tried.
    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (key, _) in _counters.Where(c => now - c.Value.Last > Memory).ToList())
        {
            _counters.Remove(key);
        }
        foreach (var (key, _) in _counters.OrderBy(c => c.Value.Failures).ThenBy(c => c.Value.Last)
            .Take(_counters.Count - (Capacity * 9 / 10)).ToList())
        {
            _counters.Remove(key);
        }
    }

    private readonly record struct Counter(int Failures, DateTimeOffset Last);
}
