namespace Labeler.Shared.Audit;

/// <summary>How something that was asked for ended. The numbers are stored.</summary>
public enum AuditOutcome { Done = 0, Refused = 1, Failed = 2 }

/// <summary>One line of the log of what people and programs did. Lines are only ever added; the database itself refuses the rest.</summary>
public sealed class AuditEntry
{
    public const int LongestText = 400;
    public const int LongestChange = 20_000;

    private AuditEntry() { }

    /// <param name="action">What was asked for, such as <c>POST /projects/{id}/delete</c>.</param>
    /// <param name="subject">What it was about, such as <c>id 7</c>; empty where nothing was named.</param>
    /// <param name="address">The network address that asked; empty where there is none.</param>
    public AuditEntry(DateTimeOffset at, string action, string subject, AuditOutcome outcome, string address)
    {
        At = at;
        Action = Cut(action, LongestText);
        Subject = Cut(subject, LongestText);
        Outcome = outcome;
        Address = Cut(address, LongestText);
    }

    public long Id { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>Null for a stranger and for the program itself.</summary>
    public Guid? AccountId { get; init; }

    /// <summary>The token that a program came with; null for a browser.</summary>
    public Guid? TokenId { get; init; }
    public long? ProjectId { get; set; }
    public string Action { get; private set; } = "";
    public string Subject { get; private set; } = "";
    public AuditOutcome Outcome { get; private set; }
    public string Address { get; private set; } = "";

    /// <summary>What was changed, as it was; JSON, null where nothing is told.</summary>
    public string? Before { get; private set; }

    /// <inheritdoc cref="Before" />
    public string? After { get; private set; }

    public void Tell(string? before, string? after) =>
        (Before, After) = (before is null ? null : Cut(before, LongestChange), after is null ? null : Cut(after, LongestChange));

    private static string Cut(string text, int longest) => text.Length > longest ? text[..longest] : text;
}
