namespace Labeler.Shared.Photos;

/// <summary>The layouts of mirror data sets (MSD, PMD): pictures in <c>image/</c>, and beside it masks in <c>mask/</c> and edges in
/// <c>edge/</c>, which nobody labels.</summary>
internal sealed class PhotoLayout
{
    private static readonly string[] Pictures = ["image", "images"];
    private static readonly Dictionary<string, string> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mask"] = "a mask",
        ["masks"] = "a mask",
        ["edge"] = "an edge image",
        ["edges"] = "an edge image",
    };

    private readonly HashSet<string> _folders = new(StringComparer.OrdinalIgnoreCase);

    public PhotoLayout(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            for (var end = name.LastIndexOf('/'); end > 0; end = name.LastIndexOf('/', end - 1))
            {
                if (!_folders.Add(name[..end]))
                {
                    break;
                }
            }
        }
    }

    /// <summary>Why a file is none to label, by its place; null where it may be.</summary>
    public string? NotToLabel(string name)
    {
        var parts = name.Split('/');
        if (parts.Any(part => part.StartsWith('.') || part == "__MACOSX"))
        {
            return "a hidden file";
        }
        for (var depth = 0; depth < parts.Length - 1; depth++)
        {
            var above = string.Concat(parts[..depth].Select(part => part + "/"));
            if (Others.TryGetValue(parts[depth], out var what) && Pictures.Any(pictures => _folders.Contains(above + pictures)))
            {
                return $"{what} beside the pictures in {above}image";
            }
        }
        return null;
    }
}
