using Labeler.Shared.ModelServers;

namespace Labeler.Shared.Webhooks;

/// <summary>Is anything sent? The numbers are stored.</summary>
public enum WebhookState
{
    On = 0,

    /// <summary>By a person: what happens meanwhile is not kept for it.</summary>
    Off = 1,

    /// <summary>By itself, as its address took nothing any more: what happens meanwhile waits until it is switched on again.</summary>
    GaveUp = 2,
}

/// <summary>An address of another program, or of a mailbox, that is told of events.</summary>
public sealed class Webhook
{
    public const int LongestName = 60;
    public const int LongestAddress = 2000;
    public const int MostOfProject = 20;

    private Webhook() { }

    /// <param name="protectedSecret">What its messages are signed with, encrypted (<see cref="WebhookSecrets"/>).</param>
    /// <exception cref="LabelerException">A name, an address or the events cannot be used.</exception>
    public Webhook(long? project, string name, string address, IEnumerable<EventKind> events, string protectedSecret, Guid? by,
        DateTimeOffset now)
    {
        (ProjectId, ProtectedSecret, CreatedBy, CreatedAt) = (project, protectedSecret, by, now);
        Change(name, address, events);
    }

    public long Id { get; private set; }

    /// <summary>Null for one that hears of every project.</summary>
    public long? ProjectId { get; private set; }
    public string Name { get; private set; } = "";
    public string Address { get; private set; } = "";
    public IReadOnlyList<EventKind> Events { get; private set; } = [];
    public string ProtectedSecret { get; private set; } = "";
    public WebhookState State { get; private set; }

    /// <summary>Why it gave up; null where it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>When its address last took something.</summary>
    public DateTimeOffset? AcceptedAt { get; private set; }
    public Guid? CreatedBy { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Where its events are mailed to; null where they are sent to a program.</summary>
    public string? Mailbox => MailTo.Mailbox(Address);

    public bool Wants(EventKind kind) => kind == EventKind.Test || Events.Contains(kind);

    /// <exception cref="LabelerException">A name, an address or the events cannot be used.</exception>
    public void Change(string name, string address, IEnumerable<EventKind> events)
    {
        var (called, at, kinds) = (name.Trim(), address.Trim(), events.Distinct().Order().ToList());
        LabelerException.ThrowIf(called.Length is 0 or > LongestName, $"A webhook's name has 1 to {LongestName} characters.");
        var isMail = at.StartsWith(MailTo.Scheme, StringComparison.OrdinalIgnoreCase);
        LabelerException.ThrowIf(isMail && MailTo.Mailbox(at) is null,
            "The e-mail address is one plain address, such as mailto:name@example.org.");
        LabelerException.ThrowIf(!isMail && (at.Length > LongestAddress || !ServerAddress.IsOne(at)), ServerAddress.Rule);
        LabelerException.ThrowIf(kinds.Count == 0, "Choose at least one event.");
        (Name, Address, Events) = (called, at, kinds);
    }

    public void SwitchOn() => (State, Trouble) = (WebhookState.On, null);

    public void SwitchOff() => (State, Trouble) = (WebhookState.Off, null);

    public void ReplaceSecret(string protectedSecret) => ProtectedSecret = protectedSecret;

    internal void Accept(DateTimeOffset now) => AcceptedAt = now;

    internal void GiveUp(string trouble) => (State, Trouble) = (WebhookState.GaveUp, trouble);
}
