using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Microsoft.EntityFrameworkCore;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Worker;

/// <summary>The model that a worker has loaded; on the device that this machine has.</summary>
internal sealed class WorkerModel
{
    private WorkerModel(StableDiffusion diffusion, string hash) => (Diffusion, Hash) = (diffusion, hash);

    public StableDiffusion Diffusion { get; }

    /// <summary>See <see cref="ModelHash"/>.</summary>
    public string Hash { get; }

    public static WorkerModel Load(string folder) =>
        new(StableDiffusion.Load(folder, cuda.is_available() ? CUDA : CPU), ModelHash.Of(folder));

    /// <summary>Puts a checkpoint's weights or adapter on until the result is disposed of; the base model where there is none.</summary>
    public IDisposable? Patched(string? file) => file is null ? null : new ModelPatch(Diffusion.Unet, file);

    /// <summary>Threads for so many groups.</summary>
    public ComputeThreads ThreadsFor(int groups)
    {
        var onProcessor = Diffusion.Unet.Parameters["conv_in.weight"].device_type == DeviceType.CPU;
        var choice = ThreadChoice.For(Diffusion.IsSmall, onProcessor ? Environment.ProcessorCount : 1);
        return new(Math.Clamp(choice.Workers, 1, Math.Max(1, groups)), choice.Threads);
    }
}

/// <summary>Keeps the model of the last job, for the case that the next one needs it too.</summary>
internal sealed class LoadedModel(IDbContextFactory<LabelerDb> contexts, DataFolder folder)
{
    private (string Folder, WorkerModel Model)? _kept;

    /// <param name="setting">As a project has it; see <see cref="ModelPath"/>.</param>
    /// <exception cref="LabelerException">There is no model there.</exception>
    public WorkerModel Of(string setting, JobReporter reporter)
    {
        var path = ModelPath.Find(setting, folder.Root);
        if (_kept is not { } kept || kept.Folder != path)
        {
            reporter.Report(0, "loading the model", null);
            _kept = kept = (path, WorkerModel.Load(path));
        }
        return kept.Model;
    }

    public WorkerModel OfProject(Job job, JobReporter reporter)
    {
        using var db = contexts.CreateDbContext();
        return Of(db.Projects.AsNoTracking().First(project => project.Id == job.ProjectId).Settings.ModelFolder, reporter);
    }

    /// <summary>Full fine-tuning leaves its weights in the model, so that one is not for the next job.</summary>
    public void Forget() => _kept = null;
}
