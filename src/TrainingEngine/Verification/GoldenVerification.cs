using System.Globalization;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>What became of one golden file: its findings, or why it was skipped, or what went wrong.</summary>
internal sealed record VerifiedFile(string Name, IReadOnlyList<Finding> Findings, string? Skipped = null, string? Fault = null)
{
    public bool Ok => Fault is null && Findings.All(finding => finding.Ok);

    /// <summary>One line: verdict, file, and the finding that is nearest to its tolerance or farthest over it.</summary>
    public override string ToString()
    {
        var verdict = Skipped is not null ? "skipped" : Ok ? "ok" : "FAIL";
        var detail = Skipped ?? Fault ?? Worst();
        return string.Create(CultureInfo.InvariantCulture, $"{verdict,-7}  {Name,-44}  {detail}");
    }

    private string Worst()
    {
        var worst = Findings.MaxBy(finding => finding.Used)!;
        var failed = Findings.Count(finding => !finding.Ok);
        return string.Create(CultureInfo.InvariantCulture,
            $"{worst.Error:0.0e+00} of {worst.Tolerance:0.0e+00}  "
                + $"{worst.Quantity}{(failed > 0 ? $"  ({failed} of {Findings.Count} fail)" : "")}");
    }
}

/// <summary>Checks every file of a golden folder: reference results computed by the original libraries.</summary>
internal static class GoldenVerification
{
    /// <summary>Checks the files of all <c>golden-*</c> folders, in the order of their names.</summary>
    /// <exception cref="EngineException">The folder holds no golden files.</exception>
    public static IEnumerable<VerifiedFile> Of(string root, Device device)
    {
        if (!Directory.Exists(root))
        {
            throw new EngineException($"{root}: there is no such folder");
        }

        var files = Directory.GetDirectories(root, "golden-*").SelectMany(Directory.GetFiles)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(name => !GoldenKind.Inputs.Any(pattern => new GoldenKind(pattern, _ => []).Matches(name)))
            .Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            throw new EngineException($"{root}: holds no golden-* folders; give a golden folder with its models");
        }

        return files.Select(name => One(root, name, device));
    }

    /// <summary>Checks one file.</summary>
    /// <param name="root">The golden folder.</param>
    /// <param name="name">The file in it, <c>golden-sd15/vae.safetensors</c>.</param>
    /// <param name="device">What to compute on.</param>
    public static VerifiedFile One(string root, string name, Device device)
    {
        if (GoldenKind.All.FirstOrDefault(kind => kind.Matches(name)) is not { } kind)
        {
            return new(name, [], Fault: "no check knows this file");
        }

        using var scope = NewDisposeScope();
        try
        {
            List<Finding> findings = [.. kind.Check(new GoldenFile(root, name, device))];
            return findings.Count > 0 ? new(name, findings) : new(name, [], Fault: "holds nothing that its check knows");
        }
        catch (MissingPartException missing)
        {
            return new(name, [], Skipped: $"{Path.GetRelativePath(root, missing.MissingPath)} is not in this copy");
        }
        catch (EngineException error)
        {
            return new(name, [], Fault: error.Message);
        }
    }
}
