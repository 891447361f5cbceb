using Labeler.TrainingEngine.Worker;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>A program that stands for NVIDIA's.</summary>
internal static class NvidiaSmiFile
{
    /// <param name="folder">Where it is put, under the name that it is asked by.</param>
    /// <param name="script">What it does when it is asked what it should be.</param>
    /// <returns>Its path.</returns>
    public static string Write(TemporaryFolder folder, string script)
    {
        var file = folder.File(NvidiaSmi.Program);
        File.WriteAllText(file, "#!/bin/sh\n"
            + "[ \"$*\" = '--query-gpu=index,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits' ] || { echo \"asked $*\"; exit 2; }\n"
            + script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return file;
    }
}
