using System.Net;
using System.Net.Sockets;

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
/// It is kept in the memory of this process and bounded.
/// </summary>
public sealed class FailedSignIns(TimeProvider time)
{
    /// <summary>Wrong passwords for a name from one place that cost no time.</summary>
    public const int FreeFromOnePlace = 5;

    /// <summary>Wrong passwords for a name from unknown devices, wherever they are, that cost no time.</summary>
    public const int FreeFromEverywhere = 40;

    private readonly Lock _lock = new();
    private readonly FailureCounters _places = new(FreeFromOnePlace);
    private readonly FailureCounters _names = new(FreeFromEverywhere);

    /// <summary>How long the try has to wait; zero where it may go on. It then counts as failed until it is taken back, so that many at
    /// the same time gain nothing.</summary>
    public TimeSpan Begin(PasswordTry attempt)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var wait = _places.Wait(Place(attempt), now);
            var waitForName = attempt.IsKnown ? TimeSpan.Zero : _names.Wait(attempt.Name, now);
            if (wait > TimeSpan.Zero || waitForName > TimeSpan.Zero)
            {
                return wait > waitForName ? wait : waitForName;
            }
            _places.Count(Place(attempt), now);
            if (!attempt.IsKnown)
            {
                _names.Count(attempt.Name, now);
            }
            return TimeSpan.Zero;
        }
    }

    /// <summary>The password was right: this place begins anew.</summary>
    public void Succeed(PasswordTry attempt)
    {
        lock (_lock)
        {
            _places.Forget(Place(attempt));
            if (!attempt.IsKnown)
            {
                _names.TakeBack(attempt.Name);
            }
        }
    }

    /// <summary>The password was right, but more is asked for: what went wrong before stays counted.</summary>
    public void TakeBack(PasswordTry attempt)
    {
        lock (_lock)
        {
            _places.TakeBack(Place(attempt));
            if (!attempt.IsKnown)
            {
                _names.TakeBack(attempt.Name);
            }
        }
    }

    /// <summary>How many names and places are remembered.</summary>
    public int Remembered
    {
        get
        {
            lock (_lock)
            {
                return _places.Length + _names.Length;
            }
        }
    }

    private static string Place(PasswordTry attempt) => $"{attempt.Place}\n{attempt.Name}";
}
