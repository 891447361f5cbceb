using System.Linq.Expressions;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Components.Languages;
using Labeler.Web.Components.Tables;
using Labeler.Web.Features.Administration;
using Labeler.Web.Features.Epochs;
using Labeler.Web.Features.Members;
using Labeler.Web.Features.People;
using Labeler.Web.Features.Review;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace Labeler.Web.Tests;

/// <summary>What tables ask the database.</summary>
public sealed class TableQueryTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Every_column_of_every_table_is_sorted_by_the_database()
    {
        await using var seeded = await Voted("Sorted");
        await Sorts(JobRow.All, job => job.Id, (nameof(JobRow.Id), true));
        await host.With<LabelerDb, int>(async db =>
        {
            await Member.Put(db, seeded.Project.Id, await db.Users.Select(account => account.Id).FirstAsync(), ProjectRole.Annotator, null, DateTimeOffset.UtcNow);
            return await db.SaveChangesAsync();
        });
        await Sorts(db => MemberRow.Of(db, seeded.Project.Id), member => member.Id, (nameof(MemberRow.Name), false));
        await Sorts(PersonRow.All, person => person.Id, (nameof(PersonRow.Name), false));
        await using (var db = await seeded.Open())
        {
            await seeded.Get<Labeler.Shared.Training.EpochCycle>().Train(await db.Epochs.Where(epoch => epoch.ProjectId == seeded.Project.Id).Select(epoch => epoch.Id).SingleAsync(), null);
        }
        await Sorts(db => EpochRow.Of(db, seeded.Project.Id), epoch => epoch.Id, (nameof(EpochRow.Number), true));
        await Sorts(db => VoteRow.Of(db, seeded.Project.Id, null), vote => vote.Id, (nameof(VoteRow.At), true));
        await Sorts(db => VoteRow.Of(db, seeded.Project.Id, DateTimeOffset.UtcNow.AddHours(-1)), vote => vote.Id, (nameof(VoteRow.At), true));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public async Task Pages_hold_every_row_once_in_its_order_also_where_many_are_equal_and_where_they_are_sought_from_the_end(int? total)
    {
        await using var seeded = await Voted($"Paged {total}");
        await using var db = await seeded.Open();
        var votes = VoteRow.Of(db, seeded.Project.Id, null);
        var order = new TableOrder<VoteRow, long>([new(nameof(VoteRow.Milliseconds), false, 0, row => row.Milliseconds)], (nameof(VoteRow.Annotator), true), vote => vote.Id);
        var shown = new List<VoteRow>();
        for (var skip = 0; skip < 7; skip += 2)
        {
            shown.AddRange(await votes.Page(order, skip, 2, default, total: total));
        }
        var all = await votes.ToListAsync();
        Assert.Equal(7, all.Count);
        Assert.Equal(all.OrderBy(vote => vote.Milliseconds).ThenByDescending(vote => vote.Annotator).ThenByDescending(vote => vote.Id).Select(vote => vote.Id), shown.Select(vote => vote.Id));
    }

    [Fact]
    public async Task A_page_of_votes_by_time_or_by_time_taken_is_found_by_an_index_and_looked_up_by_its_keys()
    {
        await using var seeded = await Voted("Planned");
        await using var db = await seeded.Open();
        var asked = new AskedDb(db.Database.GetConnectionString()!);
        await using var same = asked.Open();
        foreach (var member in new[] { nameof(VoteRow.At), nameof(VoteRow.Milliseconds) })
        {
            var order = new TableOrder<VoteRow, long>([new(member, true, 0, row => row.Id)], (nameof(VoteRow.At), true), vote => vote.Id);
            Assert.Equal(7, (await VoteRow.Of(same, seeded.Project.Id, null).Page(order, 0, 25, default, VoteRow.Of(same, same.Votes))).Count);
        }
        var plans = await asked.Plans();
        Assert.Equal(4, plans.Count);
        Assert.All(plans.Where((_, n) => n % 2 == 0), plan => Assert.StartsWith("SEARCH v USING COVERING INDEX", Assert.Single(plan), StringComparison.Ordinal));
        Assert.All(plans.Where((_, n) => n % 2 == 1), plan => Assert.StartsWith("SEARCH v USING INTEGER PRIMARY KEY", plan[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task How_many_votes_somebody_gave_is_read_from_an_index_alone()
    {
        await using var seeded = await Voted("Counted");
        await using var db = await seeded.Open();
        var asked = new AskedDb(db.Database.GetConnectionString()!);
        await using var same = asked.Open();
        var voter = await db.Users.Where(account => account.DisplayName == "Voter of Counted").Select(account => account.Id).SingleAsync();
        var (given, since) = (Labeler.Shared.Voting.Assignment.Given(same, seeded.Project.Id, voter), DateTimeOffset.UtcNow.AddDays(-1));
        Assert.Equal((5, 3, 5), (await given.CountAsync(), await given.Take(3).CountAsync(), await given.Where(vote => vote.At >= since).Take(9).CountAsync()));
        var plans = await asked.Plans();
        Assert.Equal(3, plans.Count);
        Assert.All(plans, plan => Assert.Contains("USING COVERING INDEX IX_Votes_ProjectId_AnnotatorId_At", plan.Single(step => step.Contains("INDEX", StringComparison.Ordinal)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_vote_s_row_says_who_said_what_of_which_picture_and_what_became_of_it()
    {
        await using var seeded = await Voted("Told");
        await using var db = await seeded.Open();
        var votes = await VoteRow.Of(db, seeded.Project.Id, null).OrderBy(vote => vote.Id).ToListAsync();
        Assert.Equal([VoteStanding.SetAside, VoteStanding.TakenBack, VoteStanding.Counts, VoteStanding.Counts, VoteStanding.Counts, VoteStanding.Counts, VoteStanding.Undo], votes.Select(vote => vote.State));
        Assert.All(votes, vote => Assert.Equal(("Voter of Told", 1), (vote.Annotator, vote.Epoch)));
        Assert.Equal(("picture 2 deformed", "1 hand, take 1", 900), (votes[0].Said(EnglishTexts.Instance), votes[0].Prompt, votes[0].Milliseconds));
        Assert.Equal("Took a vote back", votes[6].Said(EnglishTexts.Instance));
        Assert.Empty(await VoteRow.Of(db, seeded.Project.Id, DateTimeOffset.UtcNow.AddHours(1)).ToListAsync());
        Assert.Empty(await VoteRow.Of(db, seeded.Project.Id + 1, null).Where(vote => vote.Annotator == "Voter of Told").ToListAsync());
    }

    [Fact]
    public async Task A_page_in_the_order_of_names_is_found_among_the_votes_of_the_few_whom_it_touches()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Named", LabelingTask.FlagBatch, groups: 12);
        foreach (var (name, votes) in new[] { ("bea", 3), ("Ada", 2), ("Zoé", 4), ("äda", 1), ("Bea 2", 2) })
        {
            using var voter = await AnnotatorClient.Open(host, name);
            foreach (var item in await voter.Items(seeded.Project.Id, take: votes))
            {
                await voter.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
            }
        }
        await using var db = await seeded.Open();
        var twin = await db.Users.SingleAsync(account => account.DisplayName == "Bea 2");
        await db.Users.Where(account => account.Id == twin.Id).ExecuteUpdateAsync(set => set.SetProperty(account => account.DisplayName, "Bea"));
        var all = VoteRow.VotesOf(db, seeded.Project.Id, null);
        foreach (var descending in new[] { false, true })
        {
            var order = new TableOrder<VoteRow, long>([new(nameof(VoteRow.Annotator), descending, 0, row => row.Annotator!)], (nameof(VoteRow.At), true), vote => vote.Id);
            for (var skip = 0; skip <= 12; skip++)
            {
                var (touched, before) = (await VotesByName.Touched(db, all, descending, skip, 2, default))!.Value;
                var page = await VoteRow.Of(db, touched).Page(order, skip - before, 2, default);
                Assert.Equal((await VoteRow.Of(db, all).Page(order, skip, 2, default)).Select(vote => vote.Id), page.Select(vote => vote.Id));
                Assert.InRange(await touched.CountAsync(), skip == 12 ? 0 : 1, 9);
            }
        }
    }

    // Seven rows: six votes, of which the first is set aside and the second taken back.
    private async Task<SeededProject> Voted(string name)
    {
        var seeded = await SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, groups: 6);
        using var voter = await AnnotatorClient.Open(host, $"Voter of {name}");
        var items = (await voter.Items(seeded.Project.Id, take: 6)).Order().ToList();
        var keys = items.Select(_ => Guid.NewGuid()).ToList();
        foreach (var (item, key) in items.Zip(keys))
        {
            await voter.Send(AnnotatorClient.Flag(seeded.Project.Id, item, key, 1));
        }
        await voter.Send(AnnotatorClient.Undo(seeded.Project.Id, items[1], keys[1]));
        await using var db = await seeded.Open();
        await seeded.Get<Labeler.Shared.Voting.Review>().Quarantine(seeded.Project.Id, [await db.Votes.Where(vote => vote.Key == keys[0]).Select(vote => vote.Id).SingleAsync()], "careless");
        return seeded;
    }

    private Task<bool> Sorts<T, TKey>(Func<LabelerDb, IQueryable<T>> rows, Expression<Func<T, TKey>> key, (string, bool) usual) => host.With<LabelerDb, bool>(async db =>
    {
        var all = await rows(db).CountAsync();
        Assert.NotEqual(0, all);
        foreach (var member in typeof(T).GetProperties().Where(member => member.CanWrite && (member.PropertyType.IsValueType || member.PropertyType == typeof(string))))
        {
            foreach (var descending in new[] { false, true })
            {
                var order = new TableOrder<T, TKey>([new(member.Name, descending, 0, row => member.GetValue(row)!)], usual, key);
                Assert.Equal(all, (await rows(db).Page(order, 0, all, default)).Count);
            }
        }
        return true;
    });
}
