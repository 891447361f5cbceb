using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;

namespace Labeler.TrainingEngine.Worker;

/// <summary>Gives each job of training its model.</summary>
internal sealed class TrainHandler(EpochCycle cycle, FileStore files, DataFolder folder, LoadedModel models, WorkerOptions options)
    : IJobHandler
{
    public JobKind Kind => JobKind.Train;

    public void Run(Job job, JobReporter reporter)
    {
        var settings = models.SettingsOf(job);
        WorkerModel Load()
        {
            var model = models.Of(settings.ModelFolder, settings.Compute, reporter);
            models.Forget();
            return model;
        }
        var own = options.Ranks == 1 ? Load() : null;
        // Ranks have a copy each.
        models.Forget();
        new TrainJob(cycle, files, folder, options, job, reporter, () => own ?? Load())
            .Run(ModelPath.Find(settings.ModelFolder, folder.Root), settings.Compute);
    }
}
