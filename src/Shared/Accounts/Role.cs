namespace Labeler.Shared.Accounts;

/// <summary>What an account may do; each role includes the one before.</summary>
public static class Role
{
    public const string Annotator = "annotator";
    public const string Lead = "lead";
    public const string Admin = "admin";

    public static IReadOnlyList<string> All { get; } = [Annotator, Lead, Admin];

    /// <summary>The roles that an account given <paramref name="role"/> holds: an admin is a lead and an annotator too.</summary>
    public static IReadOnlyList<string> Including(string role) => role switch
    {
        Annotator => [Annotator],
        Lead => [Annotator, Lead],
        Admin => [Annotator, Lead, Admin],
        _ => throw new LabelerException($"There is no role \"{role}\"; the roles are {Annotator}, {Lead} and {Admin}."),
    };
}
