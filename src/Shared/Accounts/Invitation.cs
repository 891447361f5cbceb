using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Labeler.Shared.Accounts;

/// <summary>A one-time link with which a person makes an account. Only a hash of the token is stored, so a copied database opens no
/// door.</summary>
public sealed class Invitation
{
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(7);

    private Invitation() { }

    public long Id { get; private set; }
    public string TokenHash { get; private set; } = "";
    public string Role { get; private set; } = "";
    public string Note { get; private set; } = "";
    public Guid? InvitedBy { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset? UsedAt { get; private set; }
    public Guid? UsedBy { get; private set; }

    /// <summary>Adds an invitation to <paramref name="db"/> (the caller saves) and returns the token for the link, which is shown once and
    /// never stored.</summary>
    public static string Write(LabelerDb db, string role, Guid? invitedBy, string note, DateTimeOffset now, TimeSpan? lifetime = null)
    {
        _ = Accounts.Role.Including(role);
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        db.Invitations.Add(new Invitation
        {
            TokenHash = Hash(token),
            Role = role,
            Note = note.Trim(),
            InvitedBy = invitedBy,
            CreatedAt = now,
            ExpiresAt = now + (lifetime ?? DefaultLifetime),
        });
        return token;
    }

    /// <summary>The link that makes the first admin, while there is no account; earlier ones end. Null when an account exists.</summary>
    public static async Task<string?> WriteForFirstAdmin(LabelerDb db, DateTimeOffset now, CancellationToken cancel = default)
    {
        if (await db.Users.AnyAsync(cancel))
        {
            return null;
        }
        await db.Invitations.Where(i => i.UsedAt == null).ExecuteDeleteAsync(cancel);
        var token = Write(db, Accounts.Role.Admin, null, "the first admin", now);
        await db.SaveChangesAsync(cancel);
        return token;
    }

    /// <summary>The open invitation of a link, or null when it is unknown, used or too old.</summary>
    public static Task<Invitation?> Find(LabelerDb db, string token, DateTimeOffset now, CancellationToken cancel = default)
    {
        var hash = Hash(token);
        return db.Invitations.AsNoTracking().FirstOrDefaultAsync(i => i.TokenHash == hash && i.UsedAt == null && i.ExpiresAt > now, cancel);
    }

    /// <summary>Uses the link up for an account. Of two people with one link only the first gets true. Call it in the transaction that
    /// makes the account.</summary>
    public static async Task<bool> Use(LabelerDb db, string token, Guid account, DateTimeOffset now, CancellationToken cancel = default)
    {
        var hash = Hash(token);
        return await db.Invitations.Where(i => i.TokenHash == hash && i.UsedAt == null && i.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.UsedAt, now).SetProperty(i => i.UsedBy, account), cancel) == 1;
    }

    public void Revoke(DateTimeOffset now)
    {
        if (UsedAt is null)
        {
            ExpiresAt = now;
        }
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
