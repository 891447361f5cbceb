namespace Labeler.Web.Components.Layout;

/// <summary>One of the pages of a project, shown to those who hold its role.</summary>
public sealed record ProjectTab(string Name, string Folder, string Policy)
{
    public static ProjectTab Overview { get; } = new("Overview", "", Role.Lead);
    public static ProjectTab Label { get; } = new("Label", "label", Role.Annotator);
    public static ProjectTab Epochs { get; } = new("Epochs", "epochs", Role.Admin);
    public static ProjectTab Gallery { get; } = new("Gallery", "gallery", Role.Lead);
    public static ProjectTab Compare { get; } = new("Compare", "compare", Role.Lead);
    public static ProjectTab Review { get; } = new("Review", "review", Role.Lead);
    public static ProjectTab Photos { get; } = new("Photos", "photos", Role.Lead);
    public static ProjectTab Settings { get; } = new("Settings", "settings", Role.Admin);

    public static IEnumerable<ProjectTab> Of(Project project) => Of(project.Source);

    /// <summary>Those of a project with pictures of this origin.</summary>
    public static IEnumerable<ProjectTab> Of(PictureSource source) =>
        from tab in new[] { Overview, Label, Epochs, Gallery, Compare, Review, Photos, Settings }
        where tab != Photos || source == PictureSource.Imported
        select tab;

    /// <summary>Relative to the base address, as every address of a page.</summary>
    public string Address(Project project) => Address(project.Slug);

    /// <inheritdoc cref="Address(Project)" />
    public string Address(string slug) => Folder.Length == 0 ? $"p/{slug}" : $"p/{slug}/{Folder}";
}
