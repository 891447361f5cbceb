using Labeler.Web.Security;

namespace Labeler.Web.Components.Layout;

/// <summary>A destination of the top bar, shown to those whom its policy admits.</summary>
public sealed record Destination(string Text, string Address, string Icon, string Policy);

public static class Navigation
{
    /// <summary>In the order of the day's work.</summary>
    public static readonly Destination[] Destinations =
    [
    ];
}
