using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Tests.Support;
using Labeler.Web.Features.Epochs;
using Labeler.Web.Features.Evaluations;
using Labeler.Web.Features.Lineage;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Components;

/// <summary>Tables of what a project has gone through: each sorted, filtered and paged by the database.</summary>
public sealed class LoopTableTests : OpenPage
{
    private const int Epochs = 30;
    private SeededProject _seeded = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _seeded = await SeededProject.Create(Folder, "Faces", LabelingTask.FlagBatch, groups: 1);
        await Change(async db =>
        {
            var first = await db.Epochs.SingleAsync();
            Checkpoint? before = null;
            for (var number = 2; number <= Epochs; number++)
            {
                var epoch = Epoch.StartSampling(_seeded.Project, number, before, Clock.GetUtcNow().AddHours(number));
                epoch.BeginLabeling(Clock.GetUtcNow());
                epoch.Freeze(ContentHash.Of(BitConverter.GetBytes(number)), signal: number * 10, Clock.GetUtcNow());
                db.Add(epoch);
                await db.SaveChangesAsync();
                if (number < Epochs)
                {
                    epoch.StartTraining();
                    epoch.Complete(before = Checkpoint.Of(epoch, number % 2 == 0 ? AdapterKind.Lora : AdapterKind.Full, $"weights of {number}", null, Clock.GetUtcNow()), Clock.GetUtcNow());
                    await db.SaveChangesAsync();
                }
            }
        });
    }

    [Fact]
    public async Task The_epochs_of_a_project_are_sorted_filtered_and_paged()
    {
        var table = Show<EpochsTable>((nameof(EpochsTable.ProjectId), _seeded.Project.Id), (nameof(EpochsTable.Slug), _seeded.Project.Slug), (nameof(EpochsTable.IsFlagged), true));
        await table.First("30", "29", "28");
        await table.Counts(25, "30");
        Assert.Equal(["30", "waiting for training", "epoch 29", "0", "0", "its votes, 300 pairs"], table.Rows[0][..6]);
        await table.Next();
        await table.First("5", "4", "3", "2", "1");
        await table.Counts(5, "30");
        await table.Sort("Epoch");
        await table.First("1", "2", "3");
        await table.Filter("Sampled by", "7");
        await table.First("8");
        await table.Counts(1, "1");
    }

    [Fact]
    public async Task The_checkpoints_of_a_project_are_sorted_filtered_and_paged()
    {
        var table = Show<CheckpointsTable>((nameof(CheckpointsTable.ProjectId), _seeded.Project.Id));
        await table.First("epoch 29", "epoch 28");
        await table.Counts(25, "28");
        Assert.Equal(["epoch 29", "", "", "epoch 28", "Full", "0", "30", "0"], table.Rows[0][..8]);
        await table.Next();
        await table.First("epoch 4", "epoch 3", "epoch 2");
        await table.Sort("Trained on from");
        await table.First("epoch 2", "epoch 3", "epoch 4");
        await table.Filter("Weights", "OF 12");
        await table.First("epoch 12");
        await table.Counts(1, "1");
    }

    [Fact]
    public async Task The_log_of_an_epoch_is_searched_sorted_filtered_and_paged()
    {
        await Change(async db =>
        {
            var job = await db.Jobs.SingleAsync(job => job.Kind == JobKind.Sample);
            db.JobLines.AddRange(Enumerable.Range(0, 40).Select(n => new JobLine(job.Id, $"{(n % 2 == 0 ? "Sampled" : "kept")} group {n:00}", Clock.GetUtcNow().AddSeconds(n))));
            await db.SaveChangesAsync();
        });
        var epoch = 0L;
        await Change(async db => epoch = await db.Epochs.Where(one => one.Number == 1).Select(one => one.Id).SingleAsync());
        var table = Show<LogTable>((nameof(LogTable.EpochId), epoch));
        await table.Counts(25, "40");
        Assert.Equal("kept group 39", table.Rows[0][2]);
        await table.Next();
        await table.Counts(15, "40");
        await table.Search("sAMPLED");
        await table.Counts(20, "20");
        await table.Sort("Line");
        await Until(() => table.Rows[0][2] == "Sampled group 00");
        await table.Filter("Line", "GROUP 1");
        await table.Counts(5, "5");
        await table.Search("no such line");
        await table.Counts(0, "0");
    }

    [Fact]
    public async Task Evaluations_are_sorted_filtered_and_paged()
    {
        var model = new Contestant("base model", "models/mirror-world", null, null);
        for (var n = 0; n < 27; n++)
        {
            var plan = new EvaluationPlan { Kind = n == 4 ? EvaluationKind.Rubric : EvaluationKind.Duel, Contestants = [model, model with { Name = "another", Model = "models/other" }], Prompts = ["1 hand"] };
            await _seeded.Get<EvaluationWorkflow>().Start(Evaluation.ProjectFor($"Meeting {n:00}", plan, 1, "", Scale.Rubric, new(), Clock.GetUtcNow()), plan);
        }
        await Change(async db => (await db.Epochs.SingleAsync(epoch => epoch.ProjectId == db.Projects.Where(p => p.Name == "Meeting 07").Select(p => p.Id).First())).Fail("no space left", DateTimeOffset.UtcNow));
        var table = Show<EvaluationsTable>();
        await table.Counts(25, "27");
        await table.Sort("Name");
        await table.First("Meeting 00", "Meeting 01");
        Assert.Equal(["Duel", "pictures are being made", "base model · another", "0 of 2", "0 of 1", "0"], table.Rows[0][1..7]);
        Assert.Equal("Rubric", table.Rows[4][1]);
        await table.Next();
        await table.First("Meeting 25", "Meeting 26");
        await table.Filter("Name", "meeting 1");
        await table.First("Meeting 10");
        await table.Counts(10, "10");
    }
}
