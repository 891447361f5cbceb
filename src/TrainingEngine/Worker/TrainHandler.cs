using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
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
        var model = models.Of(settings.ModelFolder, settings.Compute, reporter);
        models.Forget();
        new TrainJob(cycle, files, folder, options.CheckpointEvery, job, reporter).Run(model, settings.Compute);
    }
}
