namespace Labeler.Web.Features.Members;

public static class MemberRoles
{
    public static string Name(ProjectRole role) => role switch
    {
        ProjectRole.Annotator => "annotator",
        ProjectRole.Reviewer => "reviewer",
        ProjectRole.Lead => "lead",
        ProjectRole.Admin => "admin",
        _ => "none",
    };

    /// <exception cref="LabelerException">There is no such role of members.</exception>
    public static ProjectRole Of(string? name) => ProjectRoles.OfMembers.FirstOrDefault(role => Name(role) == name) is var role
        && role != ProjectRole.None ? role : throw new LabelerException("Choose annotator, reviewer or lead.");
}
