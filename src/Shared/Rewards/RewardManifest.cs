using System.Text;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;

namespace Labeler.Shared.Rewards;

/// <summary>Exactly what a reward model learns from, kept in the file store as JSON; its hash names it.</summary>
/// <param name="Groups">Of all epochs; those without a pair are left out.</param>
public sealed record RewardManifest(string Project, IReadOnlyList<ManifestGroup> Groups)
{
    /// <summary>The texts that the model will know.</summary>
    public IReadOnlySet<string> Prompts() => Groups.Select(group => group.Prompt).ToHashSet();

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(JsonText.Write(this));

    public static RewardManifest Read(byte[] bytes) => JsonText.Read<RewardManifest>(Encoding.UTF8.GetString(bytes));
}

/// <summary>The job's payload.</summary>
/// <param name="Manifest">Content hash of a <see cref="RewardManifest"/>.</param>
public sealed record RewardOrder(string Manifest);
