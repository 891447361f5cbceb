namespace Labeler.Shared.Data;

/// <summary>The one folder that holds everything the product keeps. It may be moved while nothing runs: the database stores only paths
/// relative to it.</summary>
public sealed class DataFolder
{
    public DataFolder(string root)
    {
        Root = Path.GetFullPath(root);
        foreach (var folder in new[] { Root, Files, Keys, Logs, Backups, Checkpoints, Runs, Exports })
        {
            Directory.CreateDirectory(folder);
        }
    }

    public string Root { get; }
    public string Database => Path.Combine(Root, "labeler.db");
    public string Files => Path.Combine(Root, "files");

    /// <summary>Data-protection keys of versions that kept them in files; they are in the database now.</summary>
    public string Keys => Path.Combine(Root, "keys");
    public string Logs => Path.Combine(Root, "logs");
    public string Backups => Path.Combine(Root, "backups");

    /// <summary>Work in progress of training jobs, from which they resume; finished checkpoints are in the store.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>Pictures as browsers get them, made from the stored ones; there once somebody has looked.</summary>
    public string Delivered => Path.Combine(Root, "delivered");

    /// <summary>Copies of what a store on a server keeps; there once they are needed.</summary>
    public string Cache => Path.Combine(Root, "cache");

    /// <summary>Results of ./labeler engine reproduce that the comparison page shows.</summary>
    public string Runs => Path.Combine(Root, "runs");

    /// <summary>Files made to be downloaded. They can be made again, so no backup holds them.</summary>
    public string Exports => Path.Combine(Root, "exports");
}
