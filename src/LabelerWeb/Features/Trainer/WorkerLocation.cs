using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Trainer;

internal sealed class WorkerLocation(IOptions<TrainerOptions> options, DataFolder folder)
{
    private const string Assembly = "TrainingEngine.dll";

    /// <summary>The engine's assembly: as configured, beside the application, or where the build puts it.</summary>
    public string Engine { get; } = options.Value.EnginePath is { Length: > 0 } configured
        ? Path.GetFullPath(configured)
        : new[] { $"engine/{Assembly}", $"../../TrainingEngine/release/{Assembly}", $"../../TrainingEngine/debug/{Assembly}" }
            .Select(place => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, place)))
            .FirstOrDefault(File.Exists) ?? Path.Combine(AppContext.BaseDirectory, "engine", Assembly);

    public string Data => folder.Root;

    public string? EngineMissing =>
        File.Exists(Engine) ? null
        : $"The trainer's program is missing ({Engine}): build it with ./labeler engine info, or set "
            + $"{TrainerOptions.Section}:{nameof(TrainerOptions.EnginePath)}.";

    public string NameOf(int number) => $"{Environment.MachineName}-{Environment.ProcessId}-{number}";
}
