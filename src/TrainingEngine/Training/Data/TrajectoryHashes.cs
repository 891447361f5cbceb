using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>Which model and which adapter must have sampled: the reference of an epoch is the policy that sampled it.</summary>
/// <param name="Model">Content hash of the model folder.</param>
/// <param name="Patch">Content hash of the adapter's or weights' file; empty without one.</param>
public sealed record TrajectoryHashes(string Model, string Patch)
{
    /// <summary>The hashes of a model folder and of what is put on it.</summary>
    public static TrajectoryHashes Of(string modelFolder, string? patch) =>
        new(ModelHash.Of(modelFolder), patch is null ? "" : ContentHash.OfFile(patch));

    /// <summary>The hashes of a loaded model and of what is put on it.</summary>
    public static TrajectoryHashes Of(StableDiffusion model, string? patch) =>
        new(ModelHash.Of(model), patch is null ? "" : ContentHash.OfFile(patch));

    /// <exception cref="EngineException">The trajectory is another policy's.</exception>
    public void Check(string file, TrajectoryOrigin origin)
    {
        if (origin.ModelHash.Length > 0 && origin.ModelHash != Model)
        {
            throw new EngineException($"{file} was sampled with another model than the one to train; give the model that sampled it");
        }
        if (origin.ModelHash.Length > 0 && origin.AdapterHash != Patch)
        {
            throw new EngineException(origin.AdapterHash.Length == 0
                ? $"{file} was sampled without an adapter; leave --adapter out, or sample again with it"
                : $"{file} was sampled with "
                    + $"{(Patch.Length == 0 ? "an adapter; give it with --adapter"
                    : "another adapter than the one given; give the one that sampled it")}");
        }
    }
}
