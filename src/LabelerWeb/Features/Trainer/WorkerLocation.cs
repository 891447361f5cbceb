using Labeler.Web.Hosting;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Trainer;

internal sealed class WorkerLocation(IOptions<TrainerOptions> options, DataFolder folder, IConfiguration configuration)
{
    /// <summary>The engine's assembly: as configured, beside the application, or where the build puts it.</summary>
    public string Engine { get; } = options.Value.EnginePath is { Length: > 0 } configured
        ? Path.GetFullPath(configured)
        : EngineProgram.Find() ?? EngineProgram.Beside;

    public string Data => folder.Root;

    /// <summary>What web and worker must agree about, wherever the web has it from.</summary>
    public IEnumerable<(string Name, string Value)> Environment => SharedSettings.ForWorkers(configuration);

    public string? EngineMissing =>
        File.Exists(Engine) ? null
        : $"The trainer's program is missing ({Engine}): build it with ./labeler engine info, or set "
            + $"{TrainerOptions.Section}:{nameof(TrainerOptions.EnginePath)}.";

    public string NameOf(int number) => $"{System.Environment.MachineName}-{System.Environment.ProcessId}-{number}";
}
