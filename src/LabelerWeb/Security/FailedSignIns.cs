using System.Net;
using System.Net.Sockets;
using Labeler.Shared.Data.Servers;

namespace Labeler.Web.Security;

/// <summary>One try with a password: for which name, and from where.</summary>
/// <param name="Place">The device where it is known, the network address otherwise.</param>
/// <param name="IsKnown">Has this account signed in on this device before?</param>
public sealed record PasswordTry(string Name, string Place, bool IsKnown)
{
    private const int LongestName = 80;

    /// <param name="device">Of <see cref="KnownDevice"/>; null for a device that is not known.</param>
    public static PasswordTry Of(string name, Guid? device, IPAddress? address)
    {
        var key = name.Trim().ToUpperInvariant();
        return new(key.Length > LongestName ? key[..LongestName] : key, device?.ToString() ?? Network(address), device is not null);
    }

    // With IPv6 one subscriber has a whole network of 2^64 addresses.
    private static string Network(IPAddress? address) => address switch
    {
        null => "",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => Convert.ToHexString(address.GetAddressBytes(), 0, 8),
        _ => address.MapToIPv4().ToString(),
    };
}

/// <summary>
/// Makes guessing of passwords slow, with delays that grow: for a name from one address soon, for a name from all addresses later. What
/// strangers try delays no device on which the account has signed in before. Names that do not exist are counted like others.
/// It is counted in the database, over all servers, and bounded; of names and addresses only digests are kept.
/// </summary>
public sealed class FailedSignIns(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    /// <summary>Wrong passwords for a name from one place that cost no time.</summary>
    public const int FreeFromOnePlace = 5;

    /// <summary>Wrong passwords for a name from unknown devices, wherever they are, that cost no time.</summary>
    public const int FreeFromEverywhere = 40;

    /// <summary>How long the try has to wait; zero where it may go on. It then counts as failed until it is taken back, so that many at
    /// the same time gain nothing.</summary>
    public Task<TimeSpan> Begin(PasswordTry attempt) => Alone(attempt, async (places, names) =>
    {
        var now = time.GetUtcNow();
        var wait = await places.Wait(Place(attempt), now);
        var waitForName = attempt.IsKnown ? TimeSpan.Zero : await names.Wait(attempt.Name, now);
        if (wait > TimeSpan.Zero || waitForName > TimeSpan.Zero)
        {
            return wait > waitForName ? wait : waitForName;
        }
        await places.Count(Place(attempt), now);
        if (!attempt.IsKnown)
        {
            await names.Count(attempt.Name, now);
        }
        return TimeSpan.Zero;
    });

    /// <summary>The password was right: this place begins anew.</summary>
    public Task Succeed(PasswordTry attempt) => Alone(attempt, async (places, names) =>
    {
        await places.Forget(Place(attempt));
        return attempt.IsKnown || await TakeBack(names, attempt.Name);
    });

    /// <summary>The password was right, but more is asked for: what went wrong before stays counted.</summary>
    public Task TakeBack(PasswordTry attempt) => Alone(attempt, async (places, names) =>
    {
        await places.TakeBack(Place(attempt));
        return attempt.IsKnown || await TakeBack(names, attempt.Name);
    });

    // All that is counted of a try belongs to its name.
    private Task<T> Alone<T>(PasswordTry attempt, Func<FailureCounters, FailureCounters, Task<T>> work) => contexts.Write(
        LockScope.SignIn, Convert.ToInt64(SharedCounters.KeyOf(attempt.Name)[..7], 16), db => work(
            new(db, CounterKind.FailuresOfPlace, FreeFromOnePlace), new(db, CounterKind.FailuresOfName, FreeFromEverywhere)));

    private static async Task<bool> TakeBack(FailureCounters counters, string about)
    {
        await counters.TakeBack(about);
        return true;
    }

    private static string Place(PasswordTry attempt) => $"{attempt.Place}\n{attempt.Name}";
}
