using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Tests.Support;

/// <summary>A project on the bundled model whose images the server's own worker makes; somebody judges them at once.</summary>
public sealed class SampledProject
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    private readonly OpenedData _data;

    private SampledProject(OpenedData data, Project project) => (_data, Project) = (data, project);

    public Project Project { get; }

    /// <summary>Starts the first epoch of a small project.</summary>
    /// <param name="groups">Groups of four images.</param>
    /// <param name="passes">How often training goes through the votes: how long it takes.</param>
    /// <param name="steps">Denoising steps: how long sampling and training take.</param>
    public static async Task<SampledProject> Start(OpenedData data, string name, int groups, int passes, LabelingTask task = LabelingTask.FlagBatch, int steps = 6)
    {
        var settings = new ProjectSettings
        {
            GroupSize = 4,
            Choices = task == LabelingTask.Categorise ? Scale.Labels : [],
            ImagesPerEpoch = groups * 4,
            EvaluationImages = 0,
            Sampling = new() { Steps = steps, GuidanceScale = 1 },
            Training = new() { Passes = passes, ImagesPerStep = 4 },
        };
        var project = Project.Create(name, task, settings, DateTimeOffset.UtcNow);
        project.UsePrompts(["1 hand"]);
        await using (var db = await data.Open())
        {
            db.Add(project);
            await db.SaveChangesAsync();
        }
        await data.Get<EpochCycle>().Start(project.Id, null);
        return new(data, project);
    }

    /// <summary>Waits until an epoch of the project has come so far.</summary>
    public async Task<Epoch> Reaches(int number, EpochState state)
    {
        var last = "there is no such epoch";
        for (var until = DateTime.UtcNow + Patience; DateTime.UtcNow < until; await Task.Delay(200))
        {
            var epoch = await _data.Read(db => db.Epochs.AsNoTracking().Include(e => e.Checkpoint).FirstOrDefaultAsync(e => e.ProjectId == Project.Id && e.Number == number));
            if (epoch?.State == state)
            {
                return epoch;
            }
            last = epoch is null ? last : $"it is {epoch.State} {epoch.Error}";
            if (epoch?.State == EpochState.Failed)
            {
                break;
            }
        }
        throw new InvalidOperationException($"Epoch {number} did not become {state}: {last}.");
    }

    /// <summary>Flags the first image of every group and queues the training.</summary>
    public async Task<Job> VoteAndTrain()
    {
        var epoch = await Reaches(1, EpochState.Labeling);
        await Vote(lease => new FlagVerdict([.. lease.Item!.Group!.Images.Select(image => new TileVerdict(image.Index, image.Index == 0 ? FlagKinds.Deformed : FlagKinds.None, true, true))]));
        return await _data.Get<EpochCycle>().Train(epoch.Id, (await _data.Get<EpochCycle>().DryRun(epoch.Id)).Hash);
    }

    /// <summary>Somebody judges everything that is open.</summary>
    public async Task Vote(Func<Lease, Verdict> verdict)
    {
        var person = new Account($"voter-{Project.Id}", "Voter", DateTimeOffset.UtcNow);
        await using (var db = await _data.Open())
        {
            db.Users.Add(person);
            await db.SaveChangesAsync();
        }
        while ((await _data.Get<ItemQueue>().Take(Project.Id, person.Id, 8, [])).Leases is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
            {
                var receipt = await _data.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, person.Id, verdict(lease), 900, null));
                if (receipt.Outcome != Outcome.Accepted)
                {
                    throw new InvalidOperationException($"The vote was {receipt.Outcome}: {receipt.Reason}");
                }
            }
        }
    }

    /// <summary>The job as it stands now.</summary>
    public Task<Job> Now(Job job) => _data.Read(db => db.Jobs.AsNoTracking().FirstAsync(j => j.Id == job.Id));

    /// <summary>Waits until <paramref name="holds"/> of the job.</summary>
    public async Task<Job> Until(Job job, Func<Job, bool> holds)
    {
        for (var until = DateTime.UtcNow + Patience; DateTime.UtcNow < until; await Task.Delay(100))
        {
            job = await Now(job);
            if (holds(job))
            {
                return job;
            }
            if (job.IsOver)
            {
                break;
            }
        }
        throw new InvalidOperationException($"The job is {job.State} ({job.Message} {job.Error}).");
    }
}
