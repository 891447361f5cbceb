namespace Labeler.Web.Features.Places;

/// <summary>Where somebody can go.</summary>
/// <param name="Text">What it is called.</param>
/// <param name="Detail">What kind of place it is, or whose.</param>
/// <param name="Address">Relative to the base address.</param>
/// <param name="Icon">Of icons/sprite.svg.</param>
public sealed record Place(string Text, string Detail, string Address, string Icon);
