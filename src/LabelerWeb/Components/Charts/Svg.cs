using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Labeler.Web.Components.Charts;

public static class Svg
{
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A text element, whose tag means something else to Razor; numbers and fixed words only, nothing is escaped.</summary>
    public static MarkupString Text(string of, double x, double y, string text) =>
        new($"<text class=\"{of}\" x=\"{Number(x)}\" y=\"{Number(y)}\">{text}</text>");
}
