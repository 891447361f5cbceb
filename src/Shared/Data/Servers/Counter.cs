namespace Labeler.Shared.Data.Servers;

/// <summary>What is counted over all servers.</summary>
public enum CounterKind
{
    /// <summary>Wrong passwords for a name from one place.</summary>
    FailuresOfPlace = 1,

    /// <summary>Wrong passwords for a name from unknown devices.</summary>
    FailuresOfName = 2,

    /// <summary>Attempts to sign in from one address.</summary>
    SignIns = 3,

    /// <summary>Requests with one access token.</summary>
    TokenRequests = 4,

    /// <summary>What was changed of an epoch's votes when it took none, and how often the epoch itself was; see
    /// <see cref="EpochRevisions"/>. It is not forgotten.</summary>
    EpochChanges = 5,
}

/// <summary>A number that all servers of an installation count up together.</summary>
public sealed class Counter
{
    /// <summary>For so long at least a counter of attempts or requests is remembered.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private Counter() { }

    public CounterKind Kind { get; private set; }

    /// <summary>A digest in hexadecimal digits, so that nothing that was typed stands in the database; of an epoch its number in the
    /// database.</summary>
    public string Key { get; private set; } = "";
    public int Count { get; private set; }

    /// <summary>When it was counted last; of a window, when it began.</summary>
    public DateTimeOffset At { get; private set; }
}
