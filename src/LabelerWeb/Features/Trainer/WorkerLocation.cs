using Labeler.Shared.Data.Servers;
using Labeler.Shared.ModelServers;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Trainer;

internal sealed class WorkerLocation(IOptions<TrainerOptions> options, DataFolder folder, IConfiguration configuration)
{
    private const string Assembly = "TrainingEngine.dll";

    /// <summary>The engine's assembly: as configured, beside the application, or where the build puts it.</summary>
    public string Engine { get; } = options.Value.EnginePath is { Length: > 0 } configured
        ? Path.GetFullPath(configured)
        : new[] { $"engine/{Assembly}", $"../../TrainingEngine/release/{Assembly}", $"../../TrainingEngine/debug/{Assembly}" }
            .Select(place => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, place)))
            .FirstOrDefault(File.Exists) ?? Path.Combine(AppContext.BaseDirectory, "engine", Assembly);

    public string Data => folder.Root;

    /// <summary>What web and worker must agree about, wherever the web has it from.</summary>
    public IEnumerable<(string Name, string Value)> Environment =>
        from key in new[] { $"ConnectionStrings:{ServiceRegistration.ConnectionName}",
            $"{ReachOptions.Section}:{nameof(ReachOptions.AllowPrivateAddresses)}",
            $"{ProtectionKeys.Section}:Certificate", $"{ProtectionKeys.Section}:Password" }
        let value = configuration[key]
        where !string.IsNullOrWhiteSpace(value)
        select (key.Replace(":", "__", StringComparison.Ordinal), value);

    public string? EngineMissing =>
        File.Exists(Engine) ? null
        : $"The trainer's program is missing ({Engine}): build it with ./labeler engine info, or set "
            + $"{TrainerOptions.Section}:{nameof(TrainerOptions.EnginePath)}.";

    public string NameOf(int number) => $"{System.Environment.MachineName}-{System.Environment.ProcessId}-{number}";
}
