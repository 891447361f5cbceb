namespace Labeler.Web.Components.Layout;

/// <summary>One of the pages of a project, shown to those who hold its role.</summary>
/// <param name="Name">In English; looked up where it is shown.</param>
public sealed record ProjectTab(string Name, string Folder, string Policy)
{
    public static ProjectTab Overview { get; } = new(Texts.Key("Overview"), "", ProjectRoles.Reviewer);
    public static ProjectTab Label { get; } = new(Texts.Key("Label"), "label", Role.Annotator);
    public static ProjectTab Epochs { get; } = new(Texts.Key("Epochs"), "epochs", Role.Admin);
    public static ProjectTab Gallery { get; } = new(Texts.Key("Gallery"), "gallery", ProjectRoles.Reviewer);
    public static ProjectTab Compare { get; } = new(Texts.Key("Compare"), "compare", Role.Lead);
    public static ProjectTab Rewards { get; } = new(Texts.Key("Rewards"), "rewards", Role.Lead);
    public static ProjectTab Review { get; } = new(Texts.Key("Review"), "review", ProjectRoles.Reviewer);
    public static ProjectTab Photos { get; } = new(Texts.Key("Photos"), "photos", Role.Lead);
    public static ProjectTab Data { get; } = new(Texts.Key("Data"), "data", Role.Lead);
    public static ProjectTab Members { get; } = new(Texts.Key("Members"), "members", Role.Lead);
    public static ProjectTab Webhooks { get; } = new(Texts.Key("Webhooks"), "webhooks", Role.Lead);
    public static ProjectTab Settings { get; } = new(Texts.Key("Settings"), "settings", Role.Admin);

    public static IEnumerable<ProjectTab> Of(Project project) => Of(project.Source);

    /// <summary>Those of a project with pictures of this origin.</summary>
    public static IEnumerable<ProjectTab> Of(PictureSource source) =>
        from tab in new[] { Overview, Label, Epochs, Gallery, Compare, Rewards, Review, Photos, Data, Members, Webhooks, Settings }
        where tab != Photos || source == PictureSource.Imported
        where (tab != Rewards && tab != Data) || source == PictureSource.Sampled
        select tab;

    /// <summary>Those that somebody with this role there may use.</summary>
    public static IEnumerable<ProjectTab> Of(PictureSource source, ProjectRole role) =>
        Of(source).Where(tab => role >= ProjectRoles.Named(tab.Policy));

    /// <summary>Relative to the base address, as every address of a page.</summary>
    public string Address(Project project) => Address(project.Slug);

    /// <inheritdoc cref="Address(Project)" />
    public string Address(string slug) => Folder.Length == 0 ? $"p/{slug}" : $"p/{slug}/{Folder}";
}
