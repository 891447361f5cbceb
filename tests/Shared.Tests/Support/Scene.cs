using System.Security.Cryptography;
using System.Text;
using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Support;

/// <summary>A project with a sampled epoch, and the people who label it.</summary>
public sealed class Scene
{
    private readonly int _evaluations;

    private Scene(World world, Project project, Epoch epoch, int evaluations) => (World, Project, Epoch, _evaluations) = (world, project, epoch, evaluations);

    public World World { get; }
    public Project Project { get; }
    public Epoch Epoch { get; }
    public ItemQueue Queue => World.Get<ItemQueue>();
    public VoteRecorder Box => World.Get<VoteRecorder>();
    public JobQueue Jobs => World.Get<JobQueue>();
    public EpochCycle Cycle => World.Get<EpochCycle>();

    /// <summary>Starts a project's first epoch and samples <paramref name="groups"/> groups as a worker would.</summary>
    /// <param name="evaluations">Evaluation groups that every epoch has besides. The first image of each is the same in every epoch.</param>
    public static async Task<Scene> Sampled(World world, int groups, LabelingTask task = LabelingTask.FlagBatch, ProjectSettings? settings = null, int evaluations = 0)
    {
        settings = (settings ?? new ProjectSettings()) with { ImagesPerEpoch = groups * (settings?.GroupSize ?? 7) };
        var project = Project.Create($"Project {task}", task, settings, world.Now);
        project.UsePrompts(["a hand", "an open hand"]);
        await using (var db = world.Open())
        {
            db.Add(project);
            await db.SaveChangesAsync();
        }
        var epoch = await world.Get<EpochCycle>().Start(project.Id, null);
        var scene = new Scene(world, project, epoch, evaluations);
        await scene.Sample(epoch, groups);
        return scene;
    }

    /// <summary>Of a project that has no epoch; <see cref="Epoch"/> is not to be asked for.</summary>
    public static Task<Scene> Unsampled(World world, Project project) => Task.FromResult(new Scene(world, project, null!, 0));

    /// <summary>Of an epoch whose sampling waits to be taken up.</summary>
    public static Scene Begun(World world, Project project, Epoch epoch) => new(world, project, epoch, 0);

    /// <summary>Claims the epoch's sampling job and does it with made-up files.</summary>
    public async Task Sample(Epoch epoch, int groups, string mark = "")
    {
        var job = (await Jobs.Claim("worker", [JobKind.Sample]))!;
        for (var number = 0; number < groups; number++)
        {
            await AddGroup(job, number, mark);
        }
        for (var number = 0; number < _evaluations; number++)
        {
            var hashes = await Task.WhenAll(Enumerable.Range(0, Project.Settings.GroupSize).Select(i => World.Files.Put(Encoding.UTF8.GetBytes($"evaluation {number} {i} {(i == 0 ? 0 : epoch.Id)}"))));
            await Cycle.Add(job, of => Group.Sampled(of, GroupUse.Evaluation, number, null, "a hand", number, null, hashes.Select((hash, i) => new NewImage(hash, 128, 128, i)), World.Now));
        }
        await Cycle.FinishSampling(job);
    }

    public async Task AddGroup(Job job, int number, string mark = "", string prompt = "a hand")
    {
        var size = Project.Settings.GroupSize;
        var hashes = await Task.WhenAll(Enumerable.Range(0, size).Select(i => World.Files.Put(PictureOf($"{mark}image {job.EpochId} {number} {i}"))));
        var trajectory = await World.Files.Put(Encoding.UTF8.GetBytes($"{mark}trajectory {job.EpochId} {number}"));
        await Cycle.Add(job, epoch => Group.Sampled(
            epoch, GroupUse.Labeling, number, null, prompt, 100 + number, trajectory, hashes.Select((hash, i) => new NewImage(hash, 128, 128, i)), World.Now));
    }

    // Small, and no two texts give the same one.
    private static byte[] PictureOf(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return new Picture(5, 2, hash[..30]).ToPng();
    }

    public async Task<Account> Person(string name, Action<Account>? with = null)
    {
        var account = new Account(name, name, World.Now);
        with?.Invoke(account);
        await using var db = World.Open();
        db.Add(account);
        await db.SaveChangesAsync();
        return account;
    }

    /// <summary>The next item for somebody.</summary>
    public async Task<Lease> Next(Guid person) => (await Queue.Take(Project.Id, person, 1, [])).Leases[0];

    public Task<VoteResult> Vote(Guid person, long item, Verdict verdict, Guid? key = null) =>
        Box.Cast(new VoteSubmission(key ?? Guid.NewGuid(), item, person, verdict, 900, World.Now));

    /// <summary>A verdict on a group of 7 with these images flagged.</summary>
    public static FlagVerdict Flag(params int[] flagged) =>
        new([.. Enumerable.Range(0, 7).Select(i => new TileVerdict(i, flagged.Contains(i) ? FlagKinds.Deformed : FlagKinds.None, true, true))]);

    /// <summary>Labels whatever is left of the project.</summary>
    public async Task VoteAll(Guid person, Func<Lease, Verdict> verdict)
    {
        while ((await Queue.Take(Project.Id, person, 16, [])).Leases is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
            {
                await Vote(person, lease.ItemId, verdict(lease));
            }
        }
    }

    /// <summary>Trains an epoch on its votes as a worker would, and samples the next.</summary>
    /// <param name="steps">Optimizer steps of which it leaves figures.</param>
    public async Task<Epoch> Learn(Epoch epoch, int groups, int steps = 0)
    {
        await Cycle.Train(epoch.Id, null);
        var job = (await Jobs.Claim("worker", [JobKind.Train]))!;
        await Cycle.StartTraining(job);
        await Jobs.Report(job, [.. Enumerable.Range(1, steps).Select(step => new JobMetric(job.Id, step, "loss", 0.7))], []);
        var next = (await Cycle.Complete(job, AdapterKind.Lora, await World.Files.Put(Encoding.UTF8.GetBytes($"adapter {epoch.Id}")), null))!;
        await Sample(next, groups);
        return next;
    }

    public async Task<T> Read<T>(Func<Shared.Data.LabelerDb, Task<T>> query)
    {
        await using var db = World.Open();
        return await query(db);
    }
}
