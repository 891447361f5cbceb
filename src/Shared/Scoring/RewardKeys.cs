using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Labeler.Shared.Scoring;

/// <summary>Encrypts what servers of rewards are shown, with the data folder's keys, so that a copy of the database alone tells
/// nobody.</summary>
public sealed class RewardKeys(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("reward keys");

    /// <summary>Null for an empty key.</summary>
    /// <exception cref="LabelerException">It has letters that no header may hold.</exception>
    public string? Protect(string? key)
    {
        var trimmed = key?.Trim();
        LabelerException.ThrowIf(
            trimmed is not null && (trimmed.Length > 4000 || trimmed.Any(letter => letter is < '!' or > '~')),
            "A key is one word of plain letters, digits and signs, of at most 4,000.");
        return string.IsNullOrEmpty(trimmed) ? null : _protector.Protect(trimmed);
    }

    /// <exception cref="LabelerException">It was encrypted with keys that this data folder does not have.</exception>
    public string? Open(string? protectedKey)
    {
        try
        {
            return protectedKey is null ? null : _protector.Unprotect(protectedKey);
        }
        catch (CryptographicException error)
        {
            throw new LabelerException(
                "The reward's key cannot be opened with the keys of this data folder: an admin has to type it again.", error);
        }
    }
}
