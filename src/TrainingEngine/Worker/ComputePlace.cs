using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Worker;

/// <summary>Where a job's model computes, and in what.</summary>
/// <param name="Name">Of the device; empty for the best that there is.</param>
/// <param name="Offloaded">What stays off the device.</param>
internal readonly record struct ComputePlace(string Name, ScalarType Type, Offloads Offloaded)
{
    /// <inheritdoc cref="Devices.Pick" path="/param[@name='rank']"/>
    public int Rank { get; init; }

    /// <exception cref="EngineException">There is no such device here.</exception>
    public Device Device => Devices.Pick(Name, Rank);

    /// <summary>What a run's folder is marked with, so that a run goes on only from what was computed alike; empty for the
    /// defaults.</summary>
    public static string Mark(ComputeSettings settings) => string.Concat(
        settings.Precision == ComputePrecision.Float32 ? "" : FormattableString.Invariant($"-p{(int)settings.Precision}"),
        settings.MicroBatch == 0 ? "" : FormattableString.Invariant($"-m{settings.MicroBatch}"), settings.Recompute ? "-r" : "");

    /// <param name="settings">The project's.</param>
    /// <param name="device">The worker's own, for a project that names none.</param>
    public static ComputePlace Of(ComputeSettings settings, string device) => new(
        settings.Device.Length > 0 ? settings.Device : device,
        settings.Precision == ComputePrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
        (settings.Offload ? Offloads.Texts : Offloads.None) | (settings.OffloadVae ? Offloads.Vae : Offloads.None));
}
