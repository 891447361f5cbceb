namespace Labeler.Web.Security.OpenId;

/// <summary>What a group of the provider gives: a role in the installation, or in one project.</summary>
public sealed class GroupRight
{
    /// <summary>As the provider writes it, letter for letter.</summary>
    public string Group { get; set; } = "";

    /// <summary>annotator, lead or admin; in a project annotator, reviewer or lead.</summary>
    public string Role { get; set; } = "";

    /// <summary>The last part of the project's address; empty for a role in the installation.</summary>
    public string Project { get; set; } = "";

    internal bool IsOfProject => Project.Length > 0;

    internal ProjectRole ProjectRole =>
        ProjectRoles.OfMembers.FirstOrDefault(role => $"{role}".Equals(Role, StringComparison.OrdinalIgnoreCase));

    internal bool IsKnown => IsOfProject ? ProjectRole != ProjectRole.None : Shared.Accounts.Role.All.Contains(Role);
}
