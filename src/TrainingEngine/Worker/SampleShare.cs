using System.Globalization;
using System.Text.Json;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// One device's share of an epoch's groups, for a process of its own. Groups that are computed together stay together, so every share
/// makes the bits that one process alone would have made.
/// </summary>
/// <param name="Model">The model's path.</param>
/// <param name="Place">The device, the type, and where text encoders are.</param>
/// <param name="Patch">File of weights or of an adapter; null for the base model.</param>
/// <param name="Options">Of sampling.</param>
/// <param name="Groups">All groups of the epoch.</param>
/// <param name="Missing">Those that are wanted, of which the share is taken.</param>
internal sealed record SampleShare(string Model, SharePlace Place, string? Patch, SamplingOptions Options,
    IReadOnlyList<GroupRequest> Groups, IReadOnlyList<int> Missing)
{
    /// <summary>Which share, from 0.</summary>
    public int Number { get; init; }

    /// <summary>How many shares there are.</summary>
    public int Of { get; init; } = 1;

    /// <summary>Gets each group's trajectory and pictures.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Hash of the patch for the trajectories; empty without one.</summary>
    public string PatchHash { get; init; } = "";

    /// <summary>Whether pictures are decoded in tiles.</summary>
    public bool Tiles { get; init; }

    /// <summary>Whether a group is of a share.</summary>
    /// <param name="group">Its place among all.</param>
    /// <param name="together">Groups that are computed together.</param>
    /// <param name="number">The share, from 0.</param>
    /// <param name="of">Shares.</param>
    public static bool Has(int group, int together, int number, int of) => group / together % of == number;

    /// <summary>Samples the share in this process, and tells each group's place when its files are complete.</summary>
    /// <exception cref="EngineException">The model, the patch or the device is not what it should be.</exception>
    public void Run(Action<int> tell, CancellationToken stop)
    {
        var model = WorkerModel.Load(Model, new(Place.Device, Precisions.Parse(Place.Type), Place.Offloaded));
        using var patch = model.Patched(Patch);
        var sampler = new Sampler(model.Diffusion, ModelSchedule.Of(model.Diffusion), Options);
        HashSet<int> missing = [.. Missing.Where(group => Has(group, sampler.GroupsTogether, Number, Of))];
        using var workers = model.ThreadsFor(missing.Count);
        new GroupSampler(model.Diffusion, sampler, model.Hash, PatchHash) { Tiles = Tiles }.Sample(
            Groups, missing.Contains, workers, (group, sampled) =>
            {
                for (var image = 0; image < sampled.Images.Count; image++)
                {
                    File.WriteAllBytes(Picture(Folder, group, image), sampled.Images[image]);
                }
                sampled.Trajectory.Save(Trajectory(Folder, group));
                tell(group);
            }, stop);
    }

    /// <summary>Reads a group that a share has made, and removes its files.</summary>
    public static SampledGroup Take(string folder, int group)
    {
        var trajectory = Diffusion.Trajectory.Load(Trajectory(folder, group));
        string[] pictures = [.. Enumerable.Range(0, trajectory.Images).Select(image => Picture(folder, group, image))];
        var sampled = new SampledGroup(trajectory, [.. pictures.Select(File.ReadAllBytes)]);
        Array.ForEach([.. pictures, Trajectory(folder, group)], File.Delete);
        return sampled;
    }

    /// <summary>One line of text.</summary>
    public string ToLine() => JsonSerializer.Serialize(this);

    /// <exception cref="EngineException">It is no such line.</exception>
    public static SampleShare Read(string? line) => line is not null && JsonSerializer.Deserialize<SampleShare>(line) is { } share ? share
        : throw new EngineException("share reads what is to be sampled from its input, as a worker with several devices writes it");

    private static string Trajectory(string folder, int group) =>
        Path.Combine(folder, group.ToString(CultureInfo.InvariantCulture) + ".safetensors");

    private static string Picture(string folder, int group, int image) =>
        Path.Combine(folder, FormattableString.Invariant($"{group}-{image}.png"));
}

/// <summary>A <see cref="ComputePlace"/> as text.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Type">Name of the element type.</param>
/// <param name="Offloaded">What stays off the device.</param>
internal sealed record SharePlace(string Device, string Type, Offloads Offloaded);
