using System.Diagnostics;
using Labeler.Shared;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
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
    private readonly IConfiguration _configuration;

    /// <param name="settings">As of appsettings.json; none where it is null.</param>
    public WorkerData(Dictionary<string, string?>? settings = null)
    {
        _configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build();
        _services = new ServiceCollection().AddLabelerData(_configuration, Folder).BuildServiceProvider();
        MigratedDatabase.PutInto(Folder);
        Get<Migrator>().Apply().GetAwaiter().GetResult();
    }

    /// <summary>Which servers rewards may ask.</summary>
    public ReachOptions Reach { get; set; } = new() { AllowPrivateAddresses = true };

    /// <summary>The data folder.</summary>
    public string Folder => _folder.File("data");

    /// <summary>Where a test writes the tiny model.</summary>
    public string Model => _folder.File("model");

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public LabelerDb Open() => Get<IDbContextFactory<LabelerDb>>().CreateDbContext();

    /// <summary>Lets a worker run until something holds. A job that fails meanwhile is not waited for: it is told with its reason.</summary>
    public void WorkUntil(Func<bool> holds, WorkerOptions? options = null)
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
        using var services = new ServiceCollection().AddLabelerData(_configuration, Folder)
            .AddSingleton(Reach)
            .AddTrainerWorker(options ?? new($"worker-{Guid.NewGuid():N}", TimeSpan.FromSeconds(15)), database).BuildServiceProvider();
        services.GetRequiredService<TrainerWorker>().Run(() => { }, stop.Token);
        watching.GetAwaiter().GetResult();
        Assert.True(holds(), $"It does not hold. Failed meanwhile: {string.Join("; ", Failures().Except(failed).Select(job => job.Error))}");
    }

    /// <summary>Starts a worker as a program of its own; it ends with its input.</summary>
    public Process StartWorker(string name, string device = "cpu", params (string Name, string Value)[] environment) =>
        StartWorker(["--name", name, "--device", device], environment);

    /// <inheritdoc cref="StartWorker(string, string, ValueTuple{string, string}[])"/>
    public Process StartWorker(string[] options, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet",
            [typeof(TrainerWorker).Assembly.Location, "worker", "--data", Folder, "--until-input-ends", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Array.ForEach(environment, one => start.Environment[one.Name] = one.Value);
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    /// <summary>What a worker that is gone held can be taken now, and not in half a minute.</summary>
    public async Task EndLease(string worker)
    {
        await using var db = Open();
        await db.Jobs.Where(job => job.Worker == worker && job.State == JobState.Running)
            .ExecuteUpdateAsync(set => set.SetProperty(job => job.LeaseExpiresAt, DateTimeOffset.UtcNow.AddSeconds(-1)));
    }

    /// <summary>Waits until something holds, while workers that are programs of their own work for it.</summary>
    public async Task WaitUntil(Func<bool> holds)
    {
        using var stop = new CancellationTokenSource(Patience);
        while (!holds())
        {
            Assert.True(Failures().Count == 0, $"It does not hold. A job failed: {string.Join("; ", Failures())}");
            await Task.Delay(50, stop.Token);
        }
    }

    /// <summary>A project on the tiny model.</summary>
    /// <param name="flow"><c>sd3</c> or <c>flux</c>; null for one with a U-Net.</param>
    /// <param name="sampling">Four steps without guidance where it is null.</param>
    /// <param name="texts">Whether text encoders are trained too.</param>
    /// <param name="compute">Where and in what it computes; the defaults where it is null.</param>
    public async Task<Project> Project(AdapterKind kind, int groups = 3, string algorithm = "d3po", string? flow = null, ComputeSettings? compute = null,
        SamplingSettings? sampling = null, bool texts = false)
    {
        var settings = new ProjectSettings
        {
            ModelFolder = flow is null ? TinyModel.Write(Model) : TinyFlowModel.Write(Model, flow),
            GroupSize = 3,
            ImagesPerEpoch = groups * 3,
            EvaluationImages = 3,
            Algorithm = algorithm,
            Compute = compute ?? new(),
            Sampling = sampling ?? new() { Steps = 4, GuidanceScale = 1 },
            Training = new() { Adapter = kind, Rank = 2, LearningRate = 1e-3, KlWeight = 0.1, LastStep = 2, TextEncoders = texts },
        };
        var project = Labeler.Shared.Projects.Project.Create("tiny", LabelingTask.FlagBatch, settings, DateTimeOffset.UtcNow);
        project.UsePrompts(["a red flag", "1 hand"]);
        await using var db = Open();
        await project.TakeFreeSlug(db, default);
        db.Projects.Add(project);
        await db.SaveChangesAsync();
        return project;
    }

    /// <summary>A person flags it in each group that they are handed.</summary>
    public Task FlagTheFirstImageOfEveryGroup(long projectId) => Flag(projectId, (_, image) => image == 0);

    /// <summary>A person flags the images that <paramref name="bad"/> names by their group's number and their own.</summary>
    public async Task Flag(long projectId, Func<int, int, bool> bad)
    {
        Account person;
        await using (var db = Open())
        {
            person = await db.Users.FirstOrDefaultAsync(user => user.UserName == "somebody") ?? db.Users.Add(new("somebody", "Somebody", DateTimeOffset.UtcNow)).Entity;
            await db.SaveChangesAsync();
        }
        var handed = await Get<ItemQueue>().Take(projectId, person.Id, 16, []);
        foreach (var lease in handed.Leases)
        {
            var tiles = lease.Item!.Group!.Images.Select(image => new TileVerdict(image.Index, bad(lease.Item.Group.Number, image.Index) ? FlagKinds.Deformed : FlagKinds.None, true, true)).ToList();
            var receipt = await Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, person.Id, new FlagVerdict(tiles), 900, null));
            Assert.Equal(Outcome.Accepted, receipt.Outcome);
        }
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
