using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.TrainingEngine.Worker;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>A folder with an empty real database, and a worker for it that runs on the calling thread.</summary>
internal sealed class WorkerData : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;

    public WorkerData()
    {
        _services = new ServiceCollection().AddLabelerData(new ConfigurationBuilder().Build(), _folder.File("data")).BuildServiceProvider();
        Get<Migrator>().Apply().GetAwaiter().GetResult();
    }

    /// <summary>Where a test writes the tiny model.</summary>
    public string Model => _folder.File("model");

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public LabelerDb Open() => Get<IDbContextFactory<LabelerDb>>().CreateDbContext();

    /// <summary>Lets a worker run until something holds. A job that fails meanwhile is not waited for: it is told with its reason.</summary>
    public void WorkUntil(Func<bool> holds)
    {
        using var stop = new CancellationTokenSource(Patience);
        var failed = Failures().ToHashSet();
        var watching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested && !holds() && Failures().All(failed.Contains))
            {
                await Task.Delay(50);
            }
            await stop.CancelAsync();
        });
        using var database = new DatabaseThread();
        using var services = new ServiceCollection().AddLabelerData(new ConfigurationBuilder().Build(), _folder.File("data"))
            .AddTrainerWorker(new($"worker-{Guid.NewGuid():N}", TimeSpan.FromSeconds(15)), database).BuildServiceProvider();
        services.GetRequiredService<TrainerWorker>().Run(() => { }, stop.Token);
        watching.GetAwaiter().GetResult();
        Assert.True(holds(), $"It does not hold. Failed meanwhile: {string.Join("; ", Failures().Except(failed).Select(job => job.Error))}");
    }

    public void Dispose()
    {
        _services.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private List<(long Id, string? Error)> Failures()
    {
        using var db = Open();
        return [.. db.Jobs.Where(job => job.State == JobState.Failed).Select(job => new { job.Id, job.Error }).AsEnumerable().Select(job => (job.Id, job.Error))];
    }
}
