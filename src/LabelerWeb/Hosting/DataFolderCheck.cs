namespace Labeler.Web.Hosting;

/// <summary>Whether the data folder can be used, said in a line that a person can act on.</summary>
public static class DataFolderCheck
{
    /// <summary>Creates the folder where it is missing, tries that it can be written and takes it from other users of the machine: whoever
    /// has its keys can forge a session.</summary>
    /// <exception cref="LabelerException">It is a file, or this user may not write there, or the disk is full.</exception>
    public static void Prepare(string path)
    {
        try
        {
            OwnerOnly.Begin();
            var folder = new DataFolder(path);
            folder.Probe();
            OwnerOnly.Close(folder.Root);
        }
        catch (IOException e) when (e.IsDiskFull())
        {
            throw new LabelerException(
                $"the disk that holds the data folder {path} is full; free some space or choose another folder with --data DIR", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LabelerException(
                $"cannot write to the data folder {path} ({e.Message.TrimEnd('.')}); "
                + "mend its permissions or choose another with --data DIR", e);
        }
    }

    public static void Probe(this DataFolder folder)
    {
        var probe = Path.Combine(folder.Root, $".probe-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllBytes(probe, new byte[4096]);
        }
        finally
        {
            File.Delete(probe);
        }
    }
}
