using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Members;
using Labeler.Shared.Members.Teams;
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
using Labeler.Shared.Voting;
using Labeler.Shared.Webhooks;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Tests.Support;
using Labeler.Web.Features.People;
using Labeler.Web.Features.Projects;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.EveryForm;

/// <summary>Projects, people and jobs in the states in which pages show their forms.</summary>
internal static class EveryState
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    /// <param name="admin">Has judged some of what is there.</param>
    public static async Task Make(WebHost host, AnnotatorClient admin)
    {
        await Plain(host, "Not started");
        await Plain(host, "Deleted", project => project.Delete(Now));
        await Judged(host, admin);
        await Trained(host, admin);
        await using var failed = await SeededProject.Create(host.Data, "Failed", LabelingTask.FlagBatch, groups: 1, finish: false);
        await Fail(failed, failed.Project.Id, JobKind.Sample);
        await Scored(host);
        await Sets(host);
        await Photos(host, "Stopped photos", job => job.Cancel(Now));
        await Photos(host, "Photos under way", _ => { });
        await File.WriteAllTextAsync(Path.Combine(host.Data, "runs", "broken.csv"), "nothing of the kind");
        var idle = await host.Make("Idle", Role.Annotator);
        var gone = await host.Make("Gone", Role.Lead);
        await host.With<IServiceProvider, Account>(services => services.GetRequiredService<UserManager<Account>>().Disable(services.GetRequiredService<LabelerDb>(), gone.Id, Now));
        await host.With<LabelerDb, int>(db =>
        {
            Invitation.Write(db, Role.Lead, null, "unused", Now);
            return db.SaveChangesAsync();
        });
        await host.With<UserManager<Account>, IdentityResult>(async accounts => await accounts.AddOrUpdatePasskeyAsync((await accounts.FindByIdAsync(admin.Account.ToString()))!,
            new([1], [2], Now, 0, [], true, false, false, [3], [4]) { Name = "a passkey" }));
        await host.With<LabelerDb, int>(async db =>
        {
            var project = await db.Projects.Where(p => p.Slug == "judged").Select(p => p.Id).SingleAsync();
            await Member.Put(db, project, idle.Id, ProjectRole.Reviewer, null, Now);
            await Assignment.Ask(db, project, idle.Id, new(3, null));
            await Assignment.Choose(db, project, idle.Id, ["1 hand"], Now);
            (await db.Users.SingleAsync(a => a.Id == idle.Id)).TwoFactorEnabled = true;
            await RetentionPolicy.Set(db, new() { ThumbnailDays = 1 });
            await AccessToken.Make(db, admin.Account, "a script", TokenScope.Read, [], 30, Now);
            return await db.SaveChangesAsync();
        });
        await Team(host, idle.Id);
    }

    // With one person, in one project; and one that is in none.
    private static async Task Team(WebHost host, Guid person)
    {
        var project = await host.With<LabelerDb, long>(db => db.Projects.Where(p => p.Slug == "judged").Select(p => p.Id).SingleAsync());
        await host.With<TeamEditing, Team>(async editing =>
        {
            await editing.Make("Nobody's team");
            var team = await editing.Make("Everybody's team");
            await editing.Add(team.Id, person, null);
            return await editing.Admit(project, team.Id, ProjectRole.Annotator, null);
        });
    }

    private static async Task Plain(WebHost host, string name, Action<Project>? change = null)
    {
        var project = Project.Create(name, LabelingTask.Categorise, new ProjectSettings { Choices = Scale.Labels, SensitiveKind = "sharp things" }, Now);
        project.UsePrompts(["1 hand"]);
        change?.Invoke(project);
        await host.With<ProjectEditing, bool>(async editing =>
        {
            await editing.Add(project);
            return true;
        });
    }

    // Votes that agree, disagree, are set aside and are gold; rewards in every state that were learned from them.
    private static async Task Judged(WebHost host, AnnotatorClient admin)
    {
        await using var seeded = await SeededProject.Create(host.Data, "Judged", LabelingTask.FlagBatch, groups: 7, settings: new() { VotesPerItem = 2 });
        using var other = await AnnotatorClient.Open(host, "Other judge");
        var project = seeded.Project.Id;
        foreach (var client in new[] { admin, other })
        {
            foreach (var (item, n) in (await client.Items(project, take: 7)).Select((item, n) => (item, n)))
            {
                await client.Send(AnnotatorClient.Flag(project, item, Guid.NewGuid(), client == other && n == 0 ? 2 : 1));
            }
        }
        long[] votes;
        await using (var db = await seeded.Open())
        {
            votes = [.. db.Votes.Where(v => v.ProjectId == project).OrderBy(v => v.Id).Select(v => v.Id)];
        }
        await seeded.Get<Labeler.Shared.Voting.Review>().Quarantine(project, [votes[0]], "careless");
        await seeded.Get<Labeler.Shared.Voting.Review>().MakeGold(project, votes[1]);
        // Somebody let in can be asked to practice again.
        await seeded.Get<Labeler.Shared.Voting.Practice>().LetIn(project, other.Account, "an admin");
        var learning = seeded.Get<RewardWorkflow>();
        await learning.Queue(project);
        var accepted = await Learn(seeded);
        await learning.Accept(accepted.Id, accepted.Right, accepted.HeldOut, "an admin");
        await learning.Queue(project);
        await Learn(seeded);
        await learning.Queue(project);
        await Fail(seeded, project, JobKind.RewardModel);
    }

    private static async Task<LearnedReward> Learn(SeededProject seeded)
    {
        var job = (await seeded.Get<JobQueue>().Claim("learner", [JobKind.RewardModel]))!;
        return await seeded.Get<RewardWorkflow>().Complete(job, new MeasuredReward(await seeded.Get<FileStore>().Put("the weights"u8.ToArray()), 400, 81, 100));
    }

    // A checkpoint to go back to, an epoch that is being sampled by it, two evaluations of it and a reward being learned.
    private static async Task Trained(WebHost host, AnnotatorClient admin)
    {
        await using var seeded = await SeededProject.Create(host.Data, "Trained", LabelingTask.FlagBatch, groups: 2);
        foreach (var item in await admin.Items(seeded.Project.Id))
        {
            await admin.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        }
        await seeded.Learn();
        await seeded.Get<RewardWorkflow>().Queue(seeded.Project.Id);
        await Webhooks(host, seeded.Project.Id);
        var checkpoint = await host.With<LabelerDb, long>(db => db.Checkpoints.Select(c => c.Id).SingleAsync());
        foreach (var name in new[] { "Finished meeting", "Failed meeting", "Being made" })
        {
            await admin.Http.Submit("/compare/evaluations/new", "evaluation",
            [
                ("Name", name), ("Kind", "Duel"), ("Prompts", "1 hand"), ("PromptsOf", ""), ("FixedEach", "1"), ("RandomEach", "1"), ("FixedSeed", "1"), ("Raters", "1"), ("Guidelines", ""), ("Sampling.Steps", "5"),
                ("Sampling.GuidanceScale", "1"), ("Sampling.Eta", "1"), ("Sampling.NegativePrompt", ""), ("Sampling.Size", "0"), ("Sampling.FlowNoise", "Sde"), ("Sampling.NoisySteps", "0"), ("Sampling.FirstNoisyStep", "0"), ("Checkpoint", "base:models/mirror-world"), ("Checkpoint", $"{checkpoint}"),
            ]);
            if (name == "Finished meeting")
            {
                await Sample(seeded);
            }
        }
        await Fail(seeded, await host.With<LabelerDb, long>(db => db.Projects.Where(p => p.Name == "Failed meeting").Select(p => p.Id).SingleAsync()), JobKind.Evaluate);
    }

    // One that is on, whose log has a line, one that is off, and one of the installation.
    private static Task<int> Webhooks(WebHost host, long project) => host.With<LabelerDb, int>(async db =>
    {
        var secrets = host.Services.GetRequiredService<WebhookSecrets>();
        Webhook[] webhooks = [.. new[] { (Project: (long?)project, Name: "Told"), (project, "Told no more"), (null, "Told of all") }.Select(one =>
            new Webhook(one.Project, one.Name, "http://127.0.0.1:9/told", [EventKind.EpochReady], secrets.Make().Protected, null, Now))];
        webhooks[1].SwitchOff();
        db.AddRange(webhooks);
        await db.SaveChangesAsync();
        db.Add(Outbox.Test(webhooks[0], Now));
        return await db.SaveChangesAsync();
    });

    // A draft that was tried, a reward in use, a retired one; a project that trains on a reward, and one that may begin.
    private static async Task Scored(WebHost host)
    {
        await using var going = await SeededProject.Create(host.Data, "Going by itself", LabelingTask.FlagBatch, groups: 1);
        await using var idle = await SeededProject.Create(host.Data, "May go by itself", LabelingTask.FlagBatch, groups: 1);
        var server = new RewardSettings { Address = "https://host.invalid/" };
        Reward[] rewards = [new("Tried draft", RewardKind.Endpoint, server, null, "an admin", Now), new("In use", RewardKind.Compressibility, new(), null, "an admin", Now), new("Retired", RewardKind.Incompressibility, new(), null, "an admin", Now)];
        rewards[1].TakeIntoUse(1, Now);
        rewards[2].TakeIntoUse(1, Now);
        rewards[2].Retire(Now);
        await host.With<LabelerDb, int>(async db =>
        {
            db.Rewards.AddRange(rewards);
            await db.SaveChangesAsync();
            db.ImageScores.Add(new(rewards[0].Id, await db.Images.Select(i => i.Id).FirstAsync(), 0.5));
            return await db.SaveChangesAsync();
        });
        await going.Get<RewardTraining>().Start(going.Project.Id, rewards[1].Id, new(), "an admin");
    }

    private static async Task Sample(SeededProject seeded)
    {
        var job = (await seeded.Get<JobQueue>().Claim("sampler", [JobKind.Evaluate]))!;
        await using var db = await seeded.Open();
        var evaluation = await db.Evaluations.SingleAsync(e => e.ProjectId == job.ProjectId);
        for (var number = 0; number < evaluation.Plan.Pictures; number++)
        {
            var group = number;
            var picture = DrawnPicture.Draw(evaluation.ProjectId, number, evaluation.Plan.At(number).Contestant);
            var image = new NewImage(await seeded.Get<FileStore>().Put(picture.ToPng()), picture.Width, picture.Height, number);
            await seeded.Get<EpochCycle>().Add(job, epoch => Group.Sampled(epoch, GroupUse.Labeling, group, null, "1 hand", group, null, [image], Now));
        }
        await seeded.Get<EvaluationWorkflow>().Finish(job);
    }

    private static async Task Fail(SeededProject seeded, long project, JobKind kind)
    {
        Job? job;
        await using (var db = await seeded.Open())
        {
            job = await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.ProjectId == project && j.Kind == kind && j.State == JobState.Running);
        }
        while (job?.ProjectId != project)
        {
            job = await seeded.Get<JobQueue>().Claim("unlucky", [kind]);
        }
        await seeded.Get<JobQueue>().Fail(job, "it broke");
    }

    /// <summary>A photo project with two photos, the first of which is described.</summary>
    public static async Task<(long Project, long Photo)> OnePhoto(WebHost host)
    {
        var project = await Described(host, "Described");
        return (project.Id, await host.With<LabelerDb, long>(db => db.Photos.Where(p => p.ProjectId == project.Id).Select(p => p.Id).FirstAsync()));
    }

    private static async Task Photos(WebHost host, string name, Action<Job> end)
    {
        var project = await Described(host, name);
        var job = await host.With<FineTuning, Job>(tuning => tuning.Queue(project.Id, ["Label 1"], new FineTuneOptions()));
        await host.With<LabelerDb, int>(async db =>
        {
            end(await db.Jobs.SingleAsync(j => j.Id == job.Id));
            return await db.SaveChangesAsync();
        });
    }

    // A file that is there, one that failed, one being made and one that waits.
    private static async Task Sets(WebHost host)
    {
        await using var seeded = await SeededProject.Create(host.Data, "Files", LabelingTask.FlagBatch, groups: 1);
        var made = new SetExportOrder(SetFormat.PickAPic.Name) { File = new("files.parquet", new string('a', 64), 1_000_000, 12, 3) };
        await host.With<LabelerDb, int>(async db =>
        {
            foreach (var state in new[] { JobState.Succeeded, JobState.Failed, JobState.Running })
            {
                var job = Job.Queue(JobKind.Export, seeded.Project.Id, null, state == JobState.Succeeded ? made : made with { File = null }, Now);
                var entry = db.Add(job);
                entry.Property(j => j.State).CurrentValue = state;
                entry.Property(j => j.LeaseExpiresAt).CurrentValue = Now.AddHours(1);
                // No worker takes it up.
                entry.Property(j => j.Attempt).CurrentValue = Job.UsualAttempts;
                entry.Property(j => j.Error).CurrentValue = state == JobState.Failed ? "it broke" : null;
            }
            return await db.SaveChangesAsync();
        });
        await using var pairs = await SeededProject.Create(host.Data, "Sets taken in", LabelingTask.PreferPair, groups: 1, new() { GroupSize = 2 });
        await host.With<LabelerDb, int>(async db =>
        {
            foreach (var state in new[] { JobState.Succeeded, JobState.Failed, JobState.Running })
            {
                var job = Job.Queue(JobKind.ImportPairs, pairs.Project.Id, 1, new SetImportOrder("set.parquet", true, "set.parquet") { Done = 3, Taken = 1, Refused = 2 }, Now);
                var entry = db.Add(job);
                entry.Property(j => j.State).CurrentValue = state;
                entry.Property(j => j.LeaseExpiresAt).CurrentValue = Now.AddHours(1);
                // No worker takes it up.
                entry.Property(j => j.Attempt).CurrentValue = Job.UsualAttempts;
                entry.Property(j => j.Error).CurrentValue = state == JobState.Failed ? "it broke" : null;
            }
            return await db.SaveChangesAsync();
        });
    }

    private static async Task<Project> Described(WebHost host, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(host.Data, "import", name));
        for (byte n = 1; n <= 2; n++)
        {
            var shade = n;
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{n}.png"), new Picture(32, 32, [.. Enumerable.Range(0, 32 * 32 * 3).Select(at => (byte)(at * shade + name.Length))]).ToPng());
        }
        var project = Project.Create(name, LabelingTask.Categorise, new ProjectSettings { Choices = Scale.Labels, GroupSize = 1 }, Now, PictureSource.Imported);
        await host.With<ProjectEditing, bool>(async editing =>
        {
            await editing.Add(project);
            return true;
        });
        await host.With<PhotoImport, Job>(import => import.Queue(project.Id, new ImportPlace(name, IsZip: false, name)));
        while (await host.With<LabelerDb, bool>(db => db.Jobs.AnyAsync(j => j.ProjectId == project.Id && j.State < JobState.Succeeded)))
        {
            await Task.Delay(50);
        }
        var person = Guid.NewGuid();
        foreach (var lease in (await host.With<ItemQueue, ItemBatch>(queue => queue.Take(project.Id, person, 16, []))).Leases)
        {
            await host.With<VoteRecorder, VoteResult>(box => box.Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, person, new ChoiceVerdict("Label 1", true, true), 500, Now)));
        }
        await host.With<LabelerDb, int>(async db =>
        {
            (await db.Photos.FirstAsync(p => p.ProjectId == project.Id)).Describe("a cat in a mirror", "an admin", host.Services.GetRequiredService<Labeler.Shared.Photos.Captions.CaptionOptions>().Rules, Now);
            return await db.SaveChangesAsync();
        });
        return project;
    }
}
