using Labeler.Shared.Accounts.Names;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Shared.Accounts;

/// <summary>A person who signs in.</summary>
public sealed class Account : IdentityUser<Guid>
{
    public const int LongestDisplayName = 60;

    private Account() { }

    /// <exception cref="LabelerException">A name is empty, too long, or has what <see cref="NameRules"/> refuse.</exception>
    public Account(string userName, string displayName, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        UserName = NameRules.Clean(userName);
        SecurityStamp = Guid.NewGuid().ToString();
        CreatedAt = now;
        Rename(displayName);
    }

    public string DisplayName { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public Theme Theme { get; private set; }

    /// <summary>The person's own keys; actions that are not in it keep their default.</summary>
    public KeyBindings Keys { get; private set; } = KeyBindings.Default;

    /// <summary>The most sensitive images this person wants to see unblurred in a day; null for no limit.</summary>
    public int? DailyExposureBudget { get; private set; }

    /// <summary>Kinds of sensitive content this person is never shown (Project.Settings.SensitiveKind).</summary>
    public IReadOnlyList<string> OptOuts { get; private set; } = [];

    /// <summary>When the person withdrew their consent: their votes teach no further model.</summary>
    public DateTimeOffset? WithdrawnAt { get; private set; }

    /// <summary>When the person was deleted: what is left is a number that nobody signs in with; null for everybody else.</summary>
    public DateTimeOffset? DeletedAt { get; private set; }

    /// <summary>False where that is the name already.</summary>
    /// <exception cref="LabelerException">The name is empty, too long, or has what <see cref="NameRules"/> refuse.</exception>
    public bool Rename(string displayName)
    {
        if (displayName.Trim() == DisplayName && DisplayName.Length > 0)
        {
            return false;
        }
        var name = NameRules.Clean(displayName);
        LabelerException.ThrowIf(name.Length is 0 or > LongestDisplayName, "A name has 1 to 60 characters.");
        DisplayName = name;
        return true;
    }

    public void Choose(Theme theme)
    {
        LabelerException.ThrowIf(!Enum.IsDefined(theme), "Choose light, dark or as the device says.");
        Theme = theme;
    }

    public void Remap(KeyBindings keys) => Keys = keys;

    public void LimitExposure(int? imagesPerDay)
    {
        LabelerException.ThrowIf(imagesPerDay < 0, "A daily exposure budget is a number of images, 0 or more.");
        DailyExposureBudget = imagesPerDay;
    }

    public void OptOutOf(IEnumerable<string> sensitiveKinds) => OptOuts = [.. sensitiveKinds.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Takes out of it all that says who the person was. Whoever calls it ends what the account could still do.</summary>
    public void Forget(DateTimeOffset now)
    {
        var number = $"{Id:n}"[^12..];
        (DisplayName, UserName, Email, PhoneNumber, PasswordHash) = ($"Deleted person {number}", $"deleted-{number}", null, null, null);
        (Keys, OptOuts, DailyExposureBudget, DeletedAt, TwoFactorEnabled) = (KeyBindings.Default, [], null, now, false);
    }

    public void Withdraw(DateTimeOffset now) => WithdrawnAt ??= now;
}

public enum Theme { System = 0, Light = 1, Dark = 2 }
