using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Memory;
using Microsoft.EntityFrameworkCore;
using TorchSharp;

namespace Labeler.TrainingEngine.Worker;

/// <summary>The model that a worker has loaded; on the device that this machine has.</summary>
internal sealed class WorkerModel
{
    private WorkerModel(StableDiffusion diffusion, string hash) => (Diffusion, Hash) = (diffusion, hash);

    public StableDiffusion Diffusion { get; }

    /// <summary>See <see cref="ModelHash"/>.</summary>
    public string Hash { get; }

    /// <param name="place">Where it computes.</param>
    /// <exception cref="EngineException">It cannot be loaded, or takes more memory than is free.</exception>
    public static WorkerModel Load(string folder, ComputePlace place)
    {
        var device = place.Device;
        MemoryCheck.RequireWeights(folder, device, place.Type, place.Offloaded);
        return new(StableDiffusion.Load(folder, device, place.Type, offloaded: place.Offloaded), ModelHash.Of(folder));
    }

    /// <summary>Puts a checkpoint's weights or adapter on until the result is disposed of.</summary>
    public IDisposable Patched(string file) => new ModelPatch(Diffusion, file);

    /// <summary>This model where it lies there, else the one that does.</summary>
    /// <param name="path">See <see cref="ModelPath"/>.</param>
    public StableDiffusion OrOther(string path) => path == Diffusion.Folder ? Diffusion : StableDiffusion.Load(path);

    /// <summary>Threads for so many groups.</summary>
    public ComputeThreads ThreadsFor(int groups)
    {
        var onProcessor = Diffusion.Device.type == DeviceType.CPU;
        var choice = ThreadChoice.For(Diffusion.IsSmall, onProcessor ? Environment.ProcessorCount : 1);
        return new(Math.Clamp(choice.Workers, 1, Math.Max(1, groups)), choice.Threads);
    }
}

/// <summary>Keeps the model of the last job, for the case that the next one needs it too.</summary>
internal sealed class LoadedModel(IDbContextFactory<LabelerDb> contexts, DataFolder folder, FileStore files, WorkerOptions options)
{
    private (string Folder, ComputePlace Place, WorkerModel Model)? _kept;

    // What stands on it; the weights' content hash.
    private (string Weights, IDisposable Patch)? _patch;

    /// <summary>The model with a checkpoint's weights on it. They stay on until a model is asked for again, so that one share after the
    /// other finds them.</summary>
    /// <param name="weights">Content hash of weights or of an adapter; empty for the base model.</param>
    /// <inheritdoc cref="Of"/>
    public WorkerModel Patched(string setting, ComputeSettings compute, string weights, JobReporter reporter)
    {
        if (weights.Length == 0 || _patch?.Weights != weights || _kept is not { } kept || !IsFor(kept, setting, compute))
        {
            var model = Of(setting, compute, reporter);
            if (weights.Length > 0)
            {
                _patch = (weights, model.Patched(files.Verified(weights, reporter.Stop)));
            }
            return model;
        }
        return kept.Model;
    }

    /// <param name="setting">As a project has it; see <see cref="ModelPath"/>.</param>
    /// <param name="compute">Where it computes, and in what.</param>
    /// <exception cref="LabelerException">There is no model there, or no such device.</exception>
    public WorkerModel Of(string setting, ComputeSettings compute, JobReporter reporter)
    {
        _patch?.Patch.Dispose();
        _patch = null;
        if (_kept is not { } kept || !IsFor(kept, setting, compute))
        {
            var (path, place) = (ModelPath.Find(setting, folder.Root), ComputePlace.Of(compute, options.Device));
            reporter.Report(0, "loading the model", null);
            _kept = null;
            _kept = kept = (path, place, WorkerModel.Load(path, place));
        }
        return kept.Model;
    }

    private bool IsFor((string Folder, ComputePlace Place, WorkerModel Model) kept, string setting, ComputeSettings compute) =>
        kept.Folder == ModelPath.Find(setting, folder.Root) && kept.Place == ComputePlace.Of(compute, options.Device);

    /// <summary>The settings of a job's project.</summary>
    public ProjectSettings SettingsOf(Job job)
    {
        using var db = contexts.CreateDbContext();
        return db.Projects.AsNoTracking().First(project => project.Id == job.ProjectId).Settings;
    }

    /// <exception cref="LabelerException">There is no model there, or no such device.</exception>
    public WorkerModel OfProject(Job job, JobReporter reporter)
    {
        var settings = SettingsOf(job);
        return Of(settings.ModelFolder, settings.Compute, reporter);
    }

    /// <summary>Full fine-tuning leaves its weights in the model, so that one is not for the next job.</summary>
    public void Forget()
    {
        _patch?.Patch.Dispose();
        (_patch, _kept) = (null, null);
    }
}
