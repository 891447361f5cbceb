using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Labeler.Shared.Accounts;

/// <summary>What a token is for; each scope includes those before it. It never gives more than its account may. The numbers are
/// stored.</summary>
public enum TokenScope { Read = 1, Label = 2, Lead = 3, Admin = 4 }

/// <summary>A key with which a program acts for an account. Only its hash is stored; the key itself is shown once.</summary>
public sealed class AccessToken
{
    /// <summary>Every key begins so, so that people and scanners recognize one that lies about.</summary>
    public const string Prefix = "lblr_";
    public const int LongestName = 60;
    public const int MostOfAccount = 50;

    private AccessToken() { }

    /// <summary>Random, so that nobody guesses another's.</summary>
    public Guid Id { get; private set; }
    public Guid AccountId { get; private set; }
    public string Name { get; private set; } = "";
    public string Hash { get; private set; } = "";

    /// <summary>The last four characters of the key, by which its owner knows it again.</summary>
    public string Ending { get; private set; } = "";
    public TokenScope Scope { get; private set; }

    /// <summary>The projects that it reaches; empty for all that its account may.</summary>
    public IReadOnlyList<long> Projects { get; private set; } = [];
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Up to a minute or so older than the last request.</summary>
    public DateTimeOffset? UsedAt { get; private set; }

    /// <summary>Adds one; the caller saves.</summary>
    /// <returns>The key, which is stored nowhere.</returns>
    /// <exception cref="LabelerException">The name, the scope or the time cannot be used.</exception>
    public static async Task<(AccessToken Token, string Key)> Make(
        LabelerDb db, Guid account, string name, TokenScope scope, IEnumerable<long> projects, int days, DateTimeOffset now)
    {
        var called = name.Trim();
        LabelerException.ThrowIf(called.Length is 0 or > LongestName, $"A token's name has 1 to {LongestName} characters.");
        LabelerException.ThrowIf(!Enum.IsDefined(scope), "A token reads, labels, leads or administers.");
        LabelerException.ThrowIf(days is < 1 or > 366, "A token is good for 1 to 366 days.");
        LabelerException.ThrowIf(
            await db.AccessTokens.CountAsync(t => t.AccountId == account && t.RevokedAt == null && t.ExpiresAt > now) >= MostOfAccount,
            $"An account has at most {MostOfAccount} tokens: revoke one first.");
        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var token = new AccessToken
        {
            Id = Guid.NewGuid(),
            AccountId = account,
            Name = called,
            Hash = HashOf(key),
            Ending = key[^4..],
            Scope = scope,
            Projects = [.. projects.Distinct().Order()],
            CreatedAt = now,
            ExpiresAt = now.AddDays(days),
        };
        db.AccessTokens.Add(token);
        return (token, key);
    }

    /// <summary>The token of a key, where it lets somebody in now; null otherwise.</summary>
    public static Task<AccessToken?> Find(LabelerDb db, string key, DateTimeOffset now, CancellationToken cancel = default)
    {
        var hash = HashOf(key);
        return db.AccessTokens.AsNoTracking()
            .FirstOrDefaultAsync(t => t.Hash == hash && t.RevokedAt == null && t.ExpiresAt > now, cancel);
    }

    /// <summary>False where the account has no such token that is still good.</summary>
    public static async Task<bool> Revoke(LabelerDb db, Guid account, Guid id, DateTimeOffset now) =>
        await db.AccessTokens.Where(t => t.Id == id && t.AccountId == account && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now)) == 1;

    /// <summary>Notes that requests came with these tokens.</summary>
    public static Task<int> See(LabelerDb db, IReadOnlyCollection<Guid> ids, DateTimeOffset now, CancellationToken cancel = default) =>
        db.AccessTokens.Where(t => ids.Contains(t.Id)).ExecuteUpdateAsync(set => set.SetProperty(t => t.UsedAt, now), cancel);

    // 256 random bits need no salt and no slowness.
    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
