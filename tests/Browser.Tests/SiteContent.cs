using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Members;
using Labeler.Shared.Photos;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.Projects;
using Labeler.Shared.Retention;
using Labeler.Shared.RewardRuns;
using Labeler.Shared.Rewards;
using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Shared.Webhooks;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Browser.Tests;

/// <summary>What a project goes through in some weeks: votes, training, jobs that fail, rewards, evaluations, photos, people, webhooks.</summary>
internal static class SiteContent
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    public static async Task Fill(SeededProject faces)
    {
        await Told(faces);
        await Trained(faces);
        await Scored(faces);
        await Learned(faces);
        await Sets(faces);
        await Evaluated(faces);
        await Photos(faces);
        await People(faces);
    }

    // A webhook that is on, whose log has a line, one that is off, and one of the installation.
    private static async Task Told(SeededProject faces)
    {
        await using var db = await faces.Open();
        var secrets = faces.Get<WebhookSecrets>();
        Webhook[] webhooks =
        [
            .. new[] { (Project: (long?)faces.Project.Id, Name: "release robot"), (faces.Project.Id, "old robot"), (null, "robot of all") }.Select(one =>
                new Webhook(one.Project, one.Name, "http://127.0.0.1:9/told", [EventKind.EpochReady, EventKind.EpochTrained], secrets.Make().Protected, null, Now)),
        ];
        webhooks[1].SwitchOff();
        db.AddRange(webhooks);
        await db.SaveChangesAsync();
        db.Add(Outbox.Test(webhooks[0], Now));
        await db.SaveChangesAsync();
    }

    // The first epoch is judged and learned from, the second is being judged.
    private static async Task Trained(SeededProject faces)
    {
        var who = await faces.Somebody();
        await faces.Vote(who, 3);
        await faces.Learn();
        for (var number = 10; number < 14; number++)
        {
            await faces.AddGroup(number);
        }
        for (var number = 0; number < 2; number++)
        {
            await faces.AddGroup(number, "1 hand", [.. Enumerable.Range(0, 7).Select(index => DrawnPicture.Draw(faces.Project.Id, 20 + number, index))], GroupUse.Evaluation);
        }
        await faces.Finish();
        await faces.Vote(who, 2);
        await using var db = await faces.Open();
        var kept = await db.Projects.SingleAsync(project => project.Id == faces.Project.Id);
        kept.Change(kept.Settings with { GoalPercent = 90 });
        var job = await db.Jobs.Where(one => one.Kind == JobKind.Train).Select(one => one.Id).SingleAsync();
        for (var step = 1; step <= 40; step++)
        {
            db.AddRange(new JobMetric(job, step, "margin", step / 400.0), new JobMetric(job, step, "accuracy", 0.5 + step / 100.0), new JobMetric(job, step, "dead", step / 90.0));
            db.JobLines.Add(new(job, $"epoch 0  timestep {step,4}  accuracy {0.5 + step / 100.0:0.000}, a line of the worker's log, longer than a phone is wide, as they often are", Now.AddSeconds(step)));
        }
        var failed = db.Add(Job.Queue(JobKind.Score, faces.Project.Id, null, null, Now));
        failed.Property(one => one.State).CurrentValue = JobState.Failed;
        failed.Property(one => one.Error).CurrentValue = "There is no model in models/none: the folder must hold a model_index.json, as checkpoints in the diffusers layout do.";
        await db.SaveChangesAsync();
    }

    // A draft, a reward in use that has scored, a retired one; a run that has ended.
    private static async Task Scored(SeededProject faces)
    {
        Reward[] rewards = [new("Aesthetics", RewardKind.Endpoint, new() { Address = "https://host.invalid/" }, null, "Ada", Now), new("Small files", RewardKind.Compressibility, new(), null, "Ada", Now), new("Large files", RewardKind.Incompressibility, new(), null, "Ada", Now)];
        rewards[1].TakeIntoUse(1, Now);
        rewards[2].TakeIntoUse(1, Now);
        rewards[2].Retire(Now);
        await using var db = await faces.Open();
        db.AddRange(rewards);
        await db.SaveChangesAsync();
        foreach (var image in await db.Images.Where(i => db.Groups.Any(g => g.Id == i.GroupId && g.Use == GroupUse.Evaluation)).Select(i => i.Id).ToListAsync())
        {
            db.AddRange(new ImageScore(rewards[0].Id, image, 1.0 / (image % 7 + 1)), new ImageScore(rewards[1].Id, image, image % 7));
        }
        var project = await db.Projects.SingleAsync(one => one.Id == faces.Project.Id);
        project.Change(project.Settings with { MeasuredRewards = [rewards[1].Id] });
        var run = db.Add(new RewardRun(project.Id, rewards[1].Id, new(), "Ada", Now.AddHours(-3)));
        run.Property(one => one.EndedAt).CurrentValue = Now.AddHours(-1);
        run.Property(one => one.Ending).CurrentValue = "All 5 epochs are trained.";
        foreach (var (name, heldOut, value) in new[] { (EpochFigure.Diversity, false, 0.2), (EpochFigure.Change, false, 0.1) })
        {
            db.Add(new EpochFigure(await db.Epochs.Where(epoch => epoch.ProjectId == project.Id && epoch.Number == 2).Select(epoch => epoch.Id).SingleAsync(), name, heldOut, value));
        }
        await db.SaveChangesAsync();
    }

    // A reward that learned from the votes.
    private static async Task Learned(SeededProject faces)
    {
        await faces.Get<RewardWorkflow>().Queue(faces.Project.Id);
        var job = (await faces.Get<JobQueue>().Claim("learner", [JobKind.RewardModel]))!;
        await faces.Get<RewardWorkflow>().Complete(job, new MeasuredReward(await faces.Get<FileStore>().Put("the weights"u8.ToArray()), 400, 81, 100));
    }

    // Files with preferences and sets of others, in each state.
    private static async Task Sets(SeededProject faces)
    {
        await using var db = await faces.Open();
        var pairs = Project.Create("Pairs", LabelingTask.PreferPair, new() { GroupSize = 2 }, Now);
        pairs.UsePrompts(["1 hand"]);
        db.Add(pairs);
        await db.SaveChangesAsync();
        var made = new SetExportOrder(SetFormat.PickAPic.Name) { File = new("faces.parquet", string.Concat(Enumerable.Repeat("a1", 32)), 1_000_000, 12, 3) };
        foreach (var state in new[] { JobState.Succeeded, JobState.Failed, JobState.Running })
        {
            foreach (var job in new[]
            {
                Job.Queue(JobKind.Export, faces.Project.Id, null, state == JobState.Succeeded ? made : made with { File = null }, Now),
                Job.Queue(JobKind.ImportPairs, pairs.Id, 1, new SetImportOrder("set.parquet", true, "set.parquet") { Done = 3, Taken = 1, Refused = 2 }, Now),
            })
            {
                var entry = db.Add(job);
                entry.Property(one => one.State).CurrentValue = state;
                entry.Property(one => one.LeaseExpiresAt).CurrentValue = Now.AddHours(1);
                // No worker takes it up.
                entry.Property(one => one.Attempt).CurrentValue = Job.UsualAttempts;
                entry.Property(one => one.Error).CurrentValue = state == JobState.Failed ? "There is no preference yet: two pictures of a group must have been judged differently." : null;
            }
        }
        await db.SaveChangesAsync();
    }

    // The base model against what the first epoch learned, judged by nobody yet.
    private static async Task Evaluated(SeededProject faces)
    {
        await using var db = await faces.Open();
        var checkpoint = await db.Checkpoints.AsNoTracking().SingleAsync();
        var plan = new EvaluationPlan
        {
            Kind = EvaluationKind.Duel,
            Contestants = [new("base model", "models/mirror-world", null, null), new("Faces, epoch 1", "models/mirror-world", checkpoint.Id, checkpoint.WeightsHash)],
            Prompts = ["1 hand"],
            FixedEach = 2,
        };
        await faces.Get<EvaluationWorkflow>().Start(Evaluation.ProjectFor("Which face", plan, 1, "", [], faces.Project.Settings, Now), plan);
        var job = (await faces.Get<JobQueue>().Claim("sampler", [JobKind.Evaluate]))!;
        for (var number = 0; number < plan.Pictures; number++)
        {
            var group = number;
            var picture = DrawnPicture.Draw(job.ProjectId!.Value, number, plan.At(number).Contestant);
            var image = new NewImage(await faces.Get<FileStore>().Put(picture.ToPng()), picture.Width, picture.Height, number);
            await faces.Get<EpochCycle>().Add(job, epoch => Group.Sampled(epoch, GroupUse.Labeling, group, null, "1 hand", group, null, [image], Now));
        }
        await faces.Get<EvaluationWorkflow>().Finish(job);
    }

    // Brought in by the server itself.
    private static async Task Photos(SeededProject faces)
    {
        var folder = Directory.CreateDirectory(Path.Combine(faces.Get<DataFolder>().Root, "import", "mirrors"));
        for (var n = 0; n < 3; n++)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"mirror-{n}.png"), DrawnPicture.Draw(9, n, n).ToPng());
        }
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "notes.png"), "no picture");
        await using var db = await faces.Open();
        var project = Project.Create("Photos", LabelingTask.Categorise, new ProjectSettings { Choices = Scale.Labels, GroupSize = 1 }, Now, PictureSource.Imported);
        db.Add(project);
        await db.SaveChangesAsync();
        var epoch = await faces.Get<EpochCycle>().Open(project.Id, 0);
        db.Add(Job.Queue(JobKind.Import, project.Id, epoch.Id, new ImportPlace("mirrors", IsZip: false, "mirrors"), Now));
        await db.SaveChangesAsync();
        while (await db.Jobs.AnyAsync(job => job.ProjectId == project.Id && job.State < JobState.Succeeded))
        {
            await Task.Delay(50);
        }
        var photo = await db.Photos.OrderBy(one => one.Id).FirstAsync(one => one.ProjectId == project.Id);
        db.Entry(photo).Property(one => one.Caption).CurrentValue = "a face in a mirror";
        db.Entry(photo).Property(one => one.CaptionBy).CurrentValue = "Ada";
        await db.SaveChangesAsync();
    }

    // Somebody who is a member, somebody who is disabled, a link that nobody has used, a token.
    private static async Task People(SeededProject faces)
    {
        await using var db = await faces.Open();
        var (bo, cy) = (new Account("bo", "Bo", Now.AddDays(-9)), new Account("cy", "Cy", Now.AddDays(-20)) { LockoutEnd = DateTimeOffset.MaxValue });
        db.AddRange(bo, cy);
        await db.SaveChangesAsync();
        Invitation.Write(db, Role.Lead, null, "Dee", Now);
        await Member.Put(db, faces.Project.Id, bo.Id, ProjectRole.Reviewer, null, Now);
        await RetentionPolicy.Set(db, new() { ThumbnailDays = 90 });
        await AccessToken.Make(db, await db.Users.Where(person => person.DisplayName == "Ada").Select(person => person.Id).SingleAsync(), "nightly", TokenScope.Read, [], 30, Now);
        await db.SaveChangesAsync();
    }
}
