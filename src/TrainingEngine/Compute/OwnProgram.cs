namespace Labeler.TrainingEngine.Compute;

/// <summary>This program, for those that start it again as a process beside this one.</summary>
internal static class OwnProgram
{
    /// <summary>What starts it: by its own host, or by <c>dotnet</c> where that runs it.</summary>
    public static string[] Command
    {
        get
        {
            var program = typeof(OwnProgram).Assembly.Location;
            var own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == Path.GetFileNameWithoutExtension(program);
            return own ? [Environment.ProcessPath!] : ["dotnet", program];
        }
    }
}
