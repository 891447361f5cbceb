using System.Text.RegularExpressions;
using Microsoft.Extensions.FileProviders;

namespace Labeler.Web.Components.Styling;

/// <summary>The colors of wwwroot-assets/css/tokens.css, the one place where they are chosen: each has a value for light pages and one for
/// dark ones.</summary>
public sealed partial class Tokens
{
    private readonly Dictionary<string, (string Light, string Dark)> _colors;

    private Tokens(Dictionary<string, (string Light, string Dark)> colors) => _colors = colors;

    /// <param name="name">Without the two dashes.</param>
    /// <exception cref="InvalidOperationException">There is no such color.</exception>
    public string Light(string name) => Of(name).Light;

    /// <inheritdoc cref="Light" />
    public string Dark(string name) => Of(name).Dark;

    public static async Task<Tokens> Read(IFileProvider webRoot)
    {
        using var reader = new StreamReader(webRoot.GetFileInfo("css/tokens.css").CreateReadStream());
        var sheet = await reader.ReadToEndAsync();
        return new(
            Color().Matches(sheet).ToDictionary(color => color.Groups[1].Value, color => (color.Groups[2].Value, color.Groups[3].Value)));
    }

    private (string Light, string Dark) Of(string name) => _colors.TryGetValue(name, out var color)
        ? color
        : throw new InvalidOperationException($"css/tokens.css has no color --{name} of the form light-dark(#rrggbb, #rrggbb).");

    [GeneratedRegex(@"--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Color();
}
