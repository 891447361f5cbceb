using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Labeler.Web.Components.Charts;

/// <summary>What charts write into their pictures.</summary>
public static class Svg
{
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A text element, which means something else to Razor. <paramref name="text"/> is not escaped: numbers, times and fixed words only.</summary>
    public static MarkupString Text(string of, double x, double y, string text) =>
        new($"<text class=\"{of}\" x=\"{Number(x)}\" y=\"{Number(y)}\">{text}</text>");
}
