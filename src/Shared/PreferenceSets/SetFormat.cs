namespace Labeler.Shared.PreferenceSets;

/// <summary>A way in which preference sets are written for other programs.</summary>
/// <param name="Name">Kept in jobs; in addresses and on the command line.</param>
/// <param name="Ending">Of the file's name.</param>
/// <param name="Description">One sentence for people.</param>
public sealed record SetFormat(string Name, string Title, string Ending, string Description)
{
    public static readonly SetFormat PickAPic = new(
        "pick-a-pic", "Parquet, as Pick-a-Pic", ".parquet",
        "The columns of Pick-a-Pic, which trainers of Diffusion-DPO and PickScore read.");

    public static IReadOnlyList<SetFormat> All { get; } =
    [
        PickAPic,
        new("hugging-face", "Parquet, as Hugging Face's image preferences", ".parquet",
            "prompt, chosen and rejected, with the pictures inside; the library datasets shows them as pictures."),
        new("json-lines", "JSON lines", ".jsonl", "prompt, chosen and rejected a line; the pictures are inside as data addresses."),
        new("image-folder", "Image folder", ".zip", "Pictures and metadata.jsonl, as the library datasets loads a folder of images."),
        new("csv", "Table and pictures", ".zip", "Pictures and preferences.csv, which spreadsheets open."),
        new("label-studio", "Label Studio", ".zip", "Tasks with annotations, the labeling setup and the pictures."),
        new("argilla", "Argilla", ".zip", "Settings and records, as its client loads a data set from a disk."),
    ];

    /// <summary>What a project holds, without asking who preferred what.</summary>
    public static IReadOnlyList<SetFormat> Tables { get; } =
    [
        new("votes", "Parquet: votes", ".parquet",
            "Every vote as it was cast, a row each, also those taken back, in quarantine or surplus."),
        new("pictures", "Parquet: pictures", ".parquet", "Every picture with its prompt, seed and place in its group."),
        new("prompts", "Parquet: prompts", ".parquet", "The project's prompts, and how many groups were sampled from each."),
    ];

    public bool IsTable => Tables.Contains(this);

    public string MediaType => Ending switch
    {
        ".parquet" => "application/vnd.apache.parquet",
        ".jsonl" => "application/jsonl",
        _ => "application/zip",
    };

    /// <exception cref="LabelerException">There is none of that name.</exception>
    public static SetFormat Named(string name)
    {
        SetFormat[] known = [.. All, .. Tables];
        var names = string.Join(", ", known.Select(format => format.Name));
        return known.FirstOrDefault(format => format.Name == name)
            ?? throw new LabelerException($"There is no format {name}; choose one of {names}.");
    }
}
