using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Labeler.Shared;

namespace Labeler.TrainingEngine;

/// <summary>
/// Which libtorch TorchSharp runs on: the one in the folder that LABELER_LIBTORCH names (with CUDA, say: the <c>torch/lib</c> of a
/// Python installation), else the package's. On Linux it is loaded before TorchSharp asks for it; glibc then answers by the
/// library's name and looks nowhere else.
/// </summary>
internal static partial class LibTorch
{
    /// <summary>The version that TorchSharp is built against; another minor version has another binary interface.</summary>
    public const string Version = "2.10";

    private const string Variable = "LABELER_LIBTORCH";

    private static readonly string[] InOrder = ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    private static string? Failure;

    private static string? Own => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>The folder that libtorch is loaded from; null where TorchSharp finds it by itself (CUDA's package, macOS,
    /// Windows).</summary>
    public static string? Folder => Own ?? Candidates.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "libtorch_cpu.so")));

    // A publish carries libtorch beside the program; a build leaves it in the package's folder.
    private static IEnumerable<string> Candidates =>
    [
        Path.Combine(AppContext.BaseDirectory, "libtorch"),
        .. typeof(LibTorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Where(data => data.Key == "LibTorch")
            .Select(data => data.Value!),
    ];

    /// <summary>Loads libtorch. Called before anything of TorchSharp runs, and before OpenMP reads its settings.</summary>
    [ModuleInitializer]
    internal static void Load()
    {
        TorchExtensions.WaitPassively();
        if (!OperatingSystem.IsLinux() || Folder is not { } folder || !File.Exists(Path.Combine(folder, "libtorch_cpu.so")))
        {
            return;
        }
        try
        {
            foreach (var path in InOrder.Select(name => Path.Combine(folder, name)).Where(File.Exists))
            {
                NativeLibrary.Load(path);
            }
            OneDnn.Prepare();
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            // Said in one line by Check, before the first use: an initializer that throws would hide the reason.
            Failure = error.Message;
        }
    }

    /// <summary>Refuses a libtorch that cannot work, with what to do.</summary>
    /// <exception cref="EngineException">The folder is missing, holds no libtorch, or one of another version.</exception>
    public static void Check()
    {
        if (Own is { } own)
        {
            Check(own);
            if (Failure is not null)
            {
                throw new EngineException(
                    $"{Variable}={own}: a part of it cannot be loaded; is it complete? "
                        + $"({Failure.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim()})");
            }
        }
        else if (OperatingSystem.IsLinux() && Folder is null && Candidates.Count() > 1)
        {
            throw new EngineException(
                $"libtorch is missing: {Candidates.Last()} was there when the engine was built; build it again, or name a libtorch "
                    + $"{Version} in {Variable}");
        }
    }

    internal static void Check(string folder)
    {
        var library = Path.Combine(folder, "libtorch_cpu.so");
        if (!Directory.Exists(folder))
        {
            throw new EngineException($"{Variable}={folder}: there is no such folder");
        }
        if (!File.Exists(library) || !File.Exists(Path.Combine(folder, "libc10.so")))
        {
            throw new EngineException(
                $"{Variable}={folder} holds no libtorch (libc10.so and libtorch_cpu.so); a Python installation has it in torch/lib");
        }
        if (VersionOf(folder) is { } version && !version.StartsWith(Version + ".", StringComparison.Ordinal))
        {
            throw new EngineException($"{Variable}={folder} is libtorch {version}; this program needs {Version}");
        }
        if (!NativeLibrary.TryLoad(library, out _))
        {
            throw new EngineException(
                $"{Variable}={folder}: libtorch_cpu.so cannot be loaded; is it complete, and for {RuntimeInformation.OSArchitecture}?");
        }
    }

    /// <summary>What the folder says of itself, in Python's version.py or an unpacked libtorch's build-version; null where it says
    /// nothing.</summary>
    internal static string? VersionOf(string folder)
    {
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))!;
        var (python, plain) = (Path.Combine(parent, "version.py"), Path.Combine(parent, "build-version"));
        return File.Exists(python) && PythonVersion().Match(File.ReadAllText(python)) is { Success: true } match ? match.Groups[1].Value
            : File.Exists(plain) ? File.ReadAllText(plain).Trim()
            : null;
    }

    [GeneratedRegex(@"__version__\s*=\s*'([^']+)'", RegexOptions.CultureInvariant, RegexTimeout.Milliseconds)]
    private static partial Regex PythonVersion();
}
