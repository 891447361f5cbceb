namespace Labeler.Web.Components.Tours;

/// <summary>The section <c>Tours</c> of appsettings.json.</summary>
public sealed class TourOptions
{
    public const string Section = "Tours";

    /// <summary>Is somebody who comes for the first time shown around without asking for it?</summary>
    public bool Start { get; init; } = true;
}
