namespace Labeler.Shared.Data;

/// <summary>The one folder that holds everything the product keeps. It may be moved while nothing runs: the database stores only paths
/// relative to it.</summary>
public sealed class DataFolder
{
    public DataFolder(string root)
    {
        Root = Path.GetFullPath(root);
        foreach (var folder in new[] { Root, Files, Keys, Logs, Backups, Checkpoints, Runs })
        {
            Directory.CreateDirectory(folder);
        }
    }

    public string Root { get; }
    public string Database => Path.Combine(Root, "labeler.db");
    public string Files => Path.Combine(Root, "files");

    /// <summary>Data-protection keys, which make cookies outlive a restart.</summary>
    public string Keys => Path.Combine(Root, "keys");
    public string Logs => Path.Combine(Root, "logs");
    public string Backups => Path.Combine(Root, "backups");

    /// <summary>Work in progress of training jobs, from which they resume; finished checkpoints are in the store.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>Results of ./labeler engine reproduce that the comparison page shows.</summary>
    public string Runs => Path.Combine(Root, "runs");
}
