using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Training.Memory;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Samples a share of an epoch's groups. A group's noise follows from its own seed, and it is computed in the company that it would have
/// with one worker alone, so it has the same bits whoever makes it. Each is written when it is complete, and what is there already is left
/// alone: another worker goes on where one has died.
/// </summary>
internal sealed class SampleShareJob(IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, FileStore files, LoadedModel models,
    InstalledReward rewards, TimeProvider time) : IJobHandler
{
    public JobKind Kind => JobKind.SampleShare;

    public void Run(Job job, JobReporter reporter)
    {
        using var db = contexts.CreateDbContext();
        var order = db.Jobs.AsNoTracking().First(whole => whole.Id == job.ParentId).Read<SamplingOrder>();
        var groups = order.Groups();
        var present = db.Groups.Where(group => group.EpochId == job.EpochId).Select(group => new { group.Use, group.Number }).ToHashSet();
        var range = job.Read<GroupRange>();
        var missing = range.Places.Where(place => !present.Contains(new { groups[place].Use, groups[place].Number })).ToHashSet();
        var row = order.Rows().First(row => range.First < row.First + row.Count);
        reporter.Say($"share {job.Share}: {missing.Count} groups, by {job.Worker}");
        using var best = row.Size > order.GroupSize
            ? new BestImages(rewards.Open(order.ChoosingReward!.Value, reporter), order.GroupSize, reporter) : null;
        var model = models.Patched(order.Model, order.Compute, order.Weights, reporter);
        var options = order.Options(row.Size, model.Diffusion.IsFlow);
        var sampler = new Sampler(model.Diffusion, ModelSchedule.Of(model.Diffusion), options);
        MemoryCheck.RequireSampling(model.Diffusion, sampler, options, order.Compute.Tiles);
        var progress = new ShareProgress(job, reporter, missing.Count, "groups", time);
        using var workers = model.ThreadsFor(missing.Count);
        progress.Tell();
        new GroupSampler(model.Diffusion, sampler, model.Hash, order.Weights) { Tiles = order.Compute.Tiles }.Sample(
            [.. groups.Skip(row.First).Take(row.Count).Select(group => new GroupRequest(group.Prompt.Text, group.Seed))],
            place => missing.Contains(row.First + place), workers,
            (place, sampled) =>
            {
                using var kept = best?.Of(sampled);
                var made = Stored(groups[row.First + place], kept ?? sampled, sampler);
                reporter.Ask(() => cycle.Add(job, made));
                progress.Made(order.GroupSize);
            }, reporter.Stop);
        reporter.End(() => cycle.FinishSampling(job));
    }

    /// <summary>Brings a group's files into the store.</summary>
    private Func<Epoch, Group> Stored(WantedGroup wanted, SampledGroup sampled, Sampler sampler)
    {
        // Evaluation images are looked at, never trained on: their trajectories would only fill the disk.
        var trajectory = wanted.Use == GroupUse.Labeling ? TemporaryFile.Store(files, sampled.Trajectory.Save) : null;
        var images = sampled.Images.Zip(sampled.Trajectory.Origin.ImageSeeds, (png, seed) =>
            new NewImage(files.Put(png).GetAwaiter().GetResult(), sampler.Width, sampler.Height, (long)(seed & long.MaxValue))).ToList();
        return epoch => Group.Sampled(
            epoch, wanted.Use, wanted.Number, wanted.Prompt.Id, wanted.Prompt.Text, (long)(wanted.Seed & long.MaxValue), trajectory, images,
                time.GetUtcNow());
    }
}
