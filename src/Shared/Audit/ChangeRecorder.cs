using System.Text.Json.Nodes;
using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Members;
using Labeler.Shared.Members.Teams;
using Labeler.Shared.Projects;
using Labeler.Shared.Retention;
using Labeler.Shared.Scoring;
using Labeler.Shared.Voting;
using Labeler.Shared.Webhooks;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Labeler.Shared.Audit;

/// <summary>What was written to the database while somebody's request was answered, as it was before and as it is after.</summary>
public sealed class ChangeRecorder
{
    private static readonly AsyncLocal<ChangeRecorder?> Ambient = new();

    private static readonly HashSet<Type> Told =
    [
        typeof(Project), typeof(Account), typeof(Member), typeof(AccessToken), typeof(Invitation), typeof(Reward), typeof(Epoch),
        typeof(Evaluation), typeof(Webhook), typeof(RetentionPolicy), typeof(IdentityUserRole<Guid>),
        typeof(Team), typeof(TeamPerson), typeof(TeamMember), typeof(MemberQuota), typeof(AssignedPrompt),
    ];

    // Secrets, and what says the same in other words.
    private static readonly HashSet<string> Untold =
    [
        nameof(Account.PasswordHash), nameof(Account.SecurityStamp), nameof(Account.ConcurrencyStamp), nameof(Account.NormalizedUserName),
        nameof(Account.NormalizedEmail), nameof(AccessToken.Hash), nameof(Invitation.TokenHash), nameof(Reward.ProtectedKey),
        nameof(Webhook.ProtectedSecret), nameof(Team.NormalizedName),
    ];

    private readonly Lock _lock = new();
    private readonly JsonObject _before = [];
    private readonly JsonObject _after = [];

    /// <summary>Of the request that is being answered; null outside of one.</summary>
    public static ChangeRecorder? Current => Ambient.Value;

    /// <summary>JSON; null where nothing was there.</summary>
    public string? Before => Text(_before);

    /// <inheritdoc cref="Before" />
    public string? After => Text(_after);

    /// <summary>Records what is written from here on, in all that is awaited from here.</summary>
    public static ChangeRecorder Begin() => Ambient.Value = new();

    /// <summary>What is about to be written, to be kept once it is.</summary>
    internal static IReadOnlyList<EntityChange> Look(ChangeTracker tracker) =>
        [.. tracker.Entries().Where(entry => Told.Contains(entry.Metadata.ClrType)
            && entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            .Select(entry => EntityChange.Of(entry, Untold))];

    internal void Keep(IEnumerable<EntityChange> changes)
    {
        lock (_lock)
        {
            foreach (var change in changes.Where(change => change.Before.Count + change.After.Count > 0))
            {
                Put(_before, change.Name(), change.Before);
                Put(_after, change.Name(), change.After);
            }
        }
    }

    // Of two writings the first knows what was before, and the last what is after.
    private static void Put(JsonObject all, string name, JsonObject values)
    {
        if (values.Count == 0)
        {
            return;
        }
        if (all[name] is not JsonObject there)
        {
            all[name] = there = [];
        }
        foreach (var (property, value) in values)
        {
            there[property] = value?.DeepClone();
        }
    }

    private string? Text(JsonObject all)
    {
        lock (_lock)
        {
            return all.Count == 0 ? null : all.ToJsonString(JsonText.Options);
        }
    }
}
