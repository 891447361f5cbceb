using Labeler.Shared.Accounts;

namespace Labeler.Shared.Members;

/// <summary>What somebody may do in a project; each role includes those before it. The numbers are stored.</summary>
public enum ProjectRole
{
    None = 0,
    Annotator = 1,

    /// <summary>Sees figures and pictures, and judges what others said.</summary>
    Reviewer = 2,
    Lead = 3,

    /// <summary>Of the whole installation; no membership gives it.</summary>
    Admin = 4,
}

public static class ProjectRoles
{
    /// <summary>The name of the policy for pages and buttons that a project's reviewers may use too.</summary>
    public const string Reviewer = "reviewer";

    /// <summary>Those that a membership can give.</summary>
    public static IReadOnlyList<ProjectRole> OfMembers { get; } = [ProjectRole.Annotator, ProjectRole.Reviewer, ProjectRole.Lead];

    /// <summary>What an installation's role, or a policy's name, is worth in a project; none for null.</summary>
    public static ProjectRole Named(string? role) => role switch
    {
        Role.Annotator => ProjectRole.Annotator,
        Reviewer => ProjectRole.Reviewer,
        Role.Lead => ProjectRole.Lead,
        Role.Admin => ProjectRole.Admin,
        null => ProjectRole.None,
        _ => throw new LabelerException($"There is no role \"{role}\"."),
    };
}
