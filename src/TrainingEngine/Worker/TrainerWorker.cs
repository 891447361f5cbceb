using System.Diagnostics;
using Labeler.Shared.Automation;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Labeler.TrainingEngine.Worker;

/// <param name="Name">No other running worker has it.</param>
/// <param name="CheckpointEvery">Time of training that a crash may cost.</param>
public sealed record WorkerOptions(string Name, TimeSpan CheckpointEvery)
{
    /// <summary>Where models compute whose projects name no device; empty for the best that there is.</summary>
    public string Device => Devices.FirstOrDefault("");

    /// <summary>That one, and those of the further workers beside this one.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Processes that do a training together; 1 for this one alone.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>Does it nothing but shares that may be computed on its own device? So do the workers of further devices.</summary>
    public bool OnlyShares { get; init; }
}

/// <summary>
/// Does the jobs that need a model, on the thread that calls it: one thread owns torch. Between them it takes the steps that projects take
/// by themselves. The only part of the engine that knows a database.
/// </summary>
public sealed class TrainerWorker(
    JobQueue queue, IEnumerable<IJobHandler> handlers, AutomaticTraining automatic, DatabaseThread database, WorkerOptions options,
    FileStore files, ILogger<TrainerWorker> log)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);
    private long _looked;

    /// <summary>Works until it is stopped; a job in progress is given back with all that it has written.</summary>
    /// <param name="alive">Called every few seconds, from any thread, while the worker lives.</param>
    public void Run(Action alive, CancellationToken stop)
    {
        new JobRunner(queue, [.. handlers.Where(handler => !options.OnlyShares || IsOfShares(handler.Kind))], database, log)
        {
            Alive = alive,
            AnyDevice = !options.OnlyShares,
            Idle = () => Look(stop),
            // What a job has made often lets a project go on at once.
            Ended = () =>
            {
                _looked = 0;
                files.LetGo();
            },
        }.Run(options.Name, stop);
        try
        {
            database.Do(automatic.Rest);
        }
        catch (Exception error) when (StorageTrouble.Of(error) is not null)
        {
            // The lease ends by itself.
        }
    }

    private static bool IsOfShares(JobKind kind) => kind is JobKind.SampleShare or JobKind.EvaluateShare or JobKind.ScoreShare;

    private void Look(CancellationToken stop)
    {
        if (!options.OnlyShares && Stopwatch.GetElapsedTime(_looked) > BetweenLooks)
        {
            _looked = Stopwatch.GetTimestamp();
            database.Do(() => automatic.GoOn(stop));
        }
    }
}

public static class WorkerRegistration
{
    /// <summary>Registers a worker and what does each kind of its jobs; the data come by <c>AddLabelerData</c>.</summary>
    public static IServiceCollection AddTrainerWorker(this IServiceCollection services, WorkerOptions options, DatabaseThread database) =>
        services
        .AddSingleton(options).AddSingleton(database).AddSingleton<LoadedModel>().AddSingleton<TrainerWorker>()
        .AddSingleton<IJobHandler, SampleJob>().AddSingleton<IJobHandler, SampleShareJob>()
        .AddSingleton<IJobHandler, TrainHandler>()
        .AddSingleton<IJobHandler, FineTuneJob>()
        .AddSingleton<IJobHandler, EvaluateJob>().AddSingleton<IJobHandler, EvaluateShareJob>()
        .AddSingleton<IJobHandler, RewardModelJob>()
        .AddSingleton<InstalledReward>().AddSingleton<IJobHandler, ScoreJob>()
        .AddSingleton<ScoreShareJob>().AddSingleton<IJobHandler>(services => services.GetRequiredService<ScoreShareJob>());
}
