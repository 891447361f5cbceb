using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Features.Photos;
using Labeler.Web.Features.Review;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

/// <summary>Tables of what people have judged: each sorted, filtered and paged by the database.</summary>
public sealed class JudgedTableTests() : OpenPage(services => services.AddSingleton<ImportLimits>().AddSingleton<PhotoImport>())
{
    [Fact]
    public async Task Judged_items_are_sorted_filtered_and_paged_and_those_found_about_which_people_disagree()
    {
        await using var seeded = await SeededProject.Create(Folder, "Faces", LabelingTask.FlagBatch, groups: 30, new() { VotesPerItem = 2 }, finish: false);
        await seeded.AddGroups(30, 14);
        await seeded.Vote(Person.Id, 15);
        await seeded.Vote(Person.Id, 15, 100, [3]);
        var other = new Account("Bo", "Bo", Clock.GetUtcNow());
        await Change(async db =>
        {
            db.Add(other);
            await db.SaveChangesAsync();
        });
        await seeded.Vote(other.Id, 8);
        var first = await Read(db => db.Votes.OrderBy(vote => vote.Id).Select(vote => vote.Id).FirstAsync());
        await seeded.Get<Labeler.Shared.Voting.Review>().Quarantine(seeded.Project.Id, [first], "careless");
        var table = Show<ReviewTable>((nameof(ReviewTable.ProjectId), seeded.Project.Id), (nameof(ReviewTable.Slug), seeded.Project.Slug), (nameof(ReviewTable.IsFlagged), true));
        await table.Counts(25, "30");
        Assert.Equal(["1", "1 hand, take 30", "wants votes", "training", "1", "1", "1", "0"], table.Rows[0][1..9]);
        await table.Sort("Item");
        await table.Next();
        await table.Counts(5, "30");
        await table.Sort("Set aside");
        await table.Sort("Set aside");
        await Until(() => table.Rows.Count == 25 && table.Rows[0][8] == "1");
        await table.Filter("Prompt", "TAKE 3");
        await table.Counts(2, "2");
        await table.Filter("Prompt", "");

        // The second person's eight are those of the first, and alike.
        await table.Choose("Fast");
        await table.Counts(15, "15");
        await table.Choose("Split");
        await table.Counts(0, "0");
        await seeded.Vote(other.Id, 10, 900, [6]);
        await table.Choose("Newest");
        await table.Choose("Split");
        await Until(() => table.Rows.Count == 10 && table.Rows.All(row => row[5] == "2"));
    }

    [Fact]
    public async Task Photos_are_sorted_filtered_and_paged_with_the_label_that_most_people_gave()
    {
        var project = Project.Create("Mirrors", LabelingTask.Categorise, new() { Choices = Scale.Labels, GroupSize = 1, VotesPerItem = 3 }, Clock.GetUtcNow(), PictureSource.Imported);
        await Change(async db =>
        {
            db.Add(project);
            await db.SaveChangesAsync();
        });
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "import", "mirrors")).FullName;
        for (var n = 0; n < 27; n++)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, $"photo {n:00}.png"), new Picture(32 + n, 32, [.. Enumerable.Range(0, (32 + n) * 32 * 3).Select(at => (byte)(at * (n + 1)))]).ToPng());
        }
        await Services.GetRequiredService<PhotoImport>().Queue(project.Id, new ImportPlace("mirrors", IsZip: false, "mirrors"));
        var job = (await Services.GetRequiredService<JobQueue>().Claim("tester", [JobKind.Import]))!;
        await Services.GetRequiredService<PhotoImport>().Run(job, (_, _) => { });
        var people = await People(3);
        await Say("photo 03.png", (people[0], "Label 1"), (people[1], "Label 2"), (people[2], "Label 2"));
        await Say("photo 04.png", (people[0], "Label 1"), (people[1], "Label 2"));

        var table = Show<PhotosTable>((nameof(PhotosTable.ProjectId), project.Id));
        await table.Counts(25, "27");
        await table.Sort("Votes");
        await table.Sort("Votes");
        await Until(() => table.Rows[0][3] == "3");
        Assert.Equal([("photo 03.png", "Label 2"), ("photo 04.png", "no majority")], table.Rows.Take(2).Select(row => (row[1], row[2])));
        Assert.Equal("not judged", table.Rows[2][2]);
        await table.Sort("Width");
        await Until(() => table.Rows[0][6] == "32");
        await table.Next();
        await Until(() => table.Rows.Count == 2 && table.Rows[1][6] == "58");
        await table.Filter("Label", "label 2");
        await table.Counts(1, "1");

        async Task Say(string photo, params (Guid Who, string Label)[] said)
        {
            var item = await Read(db => db.Items.Where(i => db.Photos.Any(p => p.Name == photo && p.ImageId == i.FirstId)).Select(i => i.Id).SingleAsync());
            foreach (var (who, label) in said)
            {
                await Services.GetRequiredService<Labeler.Shared.Voting.ItemQueue>().Take(project.Id, who, 27, []);
                await Services.GetRequiredService<Labeler.Shared.Voting.VoteRecorder>().Cast(new(Guid.NewGuid(), item, who, new Labeler.Shared.Voting.ChoiceVerdict(label, true, true), 900, Clock.GetUtcNow()));
            }
        }
    }

    private async Task<Guid[]> People(int count)
    {
        Account[] people = [.. Enumerable.Range(0, count).Select(n => new Account($"voter{n}", $"Voter {n}", Clock.GetUtcNow()))];
        await Change(async db =>
        {
            db.AddRange(people);
            await db.SaveChangesAsync();
        });
        return [.. people.Select(person => person.Id)];
    }

    private async Task<T> Read<T>(Func<LabelerDb, Task<T>> read)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
        return await read(db);
    }
}
