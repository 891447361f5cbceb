using Labeler.Shared.Projects;
using Labeler.Shared.RewardRuns;
using Labeler.Shared.Scoring;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Bench.Rewards;

/// <summary>The projects of an experiment, each of which trains on the reward by itself, as after the press of the button.</summary>
public sealed class Runs
{
    private readonly OpenedData _data;
    private readonly Dictionary<long, string> _projects = [];

    private Runs(OpenedData data, Reward reward) => (_data, Reward) = (data, reward);

    public Reward Reward { get; }

    /// <summary>What the comparison of its projects is asked for: projects of one algorithm are its seeds.</summary>
    public string Query => "?" + string.Join('&', _projects.Values);

    public static async Task<Runs> Start(OpenedData data, Experiment experiment, int epochs, int images, int seeds)
    {
        var reward = new Reward(experiment.Name, experiment.Reward, new(), null, "Bench", DateTimeOffset.UtcNow);
        reward.TakeIntoUse(1, DateTimeOffset.UtcNow);
        await using var db = await data.Open();
        db.Rewards.Add(reward);
        await db.SaveChangesAsync();
        var runs = new Runs(data, reward);
        for (var seed = 1; seed <= seeds; seed++)
        {
            foreach (var algorithm in experiment.Algorithms)
            {
                var project = Project.Create($"{experiment.Name} {algorithm} {seed}", LabelingTask.FlagBatch,
                    experiment.Settings(algorithm, images, seed, reward.Id), DateTimeOffset.UtcNow);
                project.UsePrompts(experiment.Prompts, experiment.HeldOut);
                db.Projects.Add(project);
                await db.SaveChangesAsync();
                await data.Get<RewardTraining>().Start(project.Id, reward.Id,
                    new() { Epochs = epochs, StopWhenOverOptimized = false, LeastDiversity = null }, "Bench");
                runs._projects.Add(project.Id, $"run={project.Slug}&as.{project.Slug}={algorithm}");
            }
        }
        return runs;
    }

    /// <summary>Waits until none goes on.</summary>
    /// <exception cref="InvalidOperationException">One has failed.</exception>
    public async Task End()
    {
        var ids = _projects.Keys.ToList();
        var trained = -1;
        while (true)
        {
            var runs = await _data.Read(db => db.RewardRuns.AsNoTracking().Where(run => ids.Contains(run.ProjectId)).ToListAsync());
            if (runs.Find(run => run.Failed) is { } failed)
            {
                throw new InvalidOperationException($"{_projects[failed.ProjectId]}: {failed.Ending}");
            }
            var now = await _data.Read(db => db.Epochs.CountAsync(epoch => ids.Contains(epoch.ProjectId) && epoch.CheckpointId != null));
            if (now != trained)
            {
                Console.Error.WriteLine($"{Reward.Name}: {trained = now} epochs trained");
            }
            if (runs.TrueForAll(run => run.EndedAt is not null))
            {
                return;
            }
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}
