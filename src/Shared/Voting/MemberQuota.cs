using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>What one person may give in a project, in the place of what everybody may.</summary>
public sealed class MemberQuota
{
    private MemberQuota() { }

    internal MemberQuota(long project, Guid account) => (ProjectId, AccountId) = (project, account);

    public long ProjectId { get; private set; }
    public Guid AccountId { get; private set; }
    public int? PerDay { get; private set; }
    public int? InTotal { get; private set; }

    internal void Ask(Quota quota) => (PerDay, InTotal) = quota.Checked();
}
