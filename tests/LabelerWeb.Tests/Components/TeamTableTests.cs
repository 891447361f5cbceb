using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Labeler.Shared.Webhooks;
using Labeler.Tests.Support;
using Labeler.Web.Features.Audit;
using Labeler.Web.Features.Members;
using Labeler.Web.Features.Webhooks;

namespace Labeler.Web.Tests.Components;

/// <summary>Tables of who takes part, what they did and what other programs were told.</summary>
public sealed class TeamTableTests : OpenPage
{
    private SeededProject _seeded = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _seeded = await SeededProject.Create(Folder, "Faces", LabelingTask.FlagBatch, groups: 1);
    }

    [Fact]
    public async Task Members_are_sorted_filtered_and_paged()
    {
        await Change(async db =>
        {
            var people = Enumerable.Range(0, 27).Select(n => new Account($"m{n}", $"Member {n:00}", Clock.GetUtcNow())).ToList();
            db.AddRange(people);
            await db.SaveChangesAsync();
            foreach (var (person, n) in people.Select((person, n) => (person, n)))
            {
                await Member.Put(db, _seeded.Project.Id, person.Id, n == 3 ? ProjectRole.Lead : ProjectRole.Annotator, Person.Id, Clock.GetUtcNow().AddDays(-n));
            }
            await db.SaveChangesAsync();
        });
        var table = Show<MembersTable>((nameof(MembersTable.ProjectId), _seeded.Project.Id), (nameof(MembersTable.Slug), _seeded.Project.Slug));
        await table.Counts(25, "27");
        await table.First("Member 00", "Member 01");
        Assert.Equal(["annotator", "Ada"], [table.Rows[0][1], table.Rows[0][4]]);
        await table.Next();
        await table.First("Member 25", "Member 26");
        await table.Sort("Member since");
        await table.First("Member 26", "Member 25");
        await table.Filter("Name", "member 1");
        await table.Counts(10, "10");
        await table.Filter("Added by", "nobody");
        await table.Counts(0, "0");
    }

    [Fact]
    public async Task The_audit_log_is_sorted_filtered_and_paged()
    {
        await Change(async db =>
        {
            for (var n = 0; n < 30; n++)
            {
                db.Add(new AuditEntry(Clock.GetUtcNow().AddMinutes(n), n % 3 == 0 ? "POST /people/invite" : "POST /projects", $"thing {n:00}", n == 7 ? AuditOutcome.Refused : AuditOutcome.Done, "127.0.0.1") { AccountId = Person.Id, ProjectId = _seeded.Project.Id });
            }
            await db.SaveChangesAsync();
        });
        var table = Show<AuditTable>();
        await table.Counts(25, "30");
        Assert.Equal(["Ada", "thing 29", "Faces"], [table.Rows[0][2], table.Rows[0][5], table.Rows[0][6]]);
        await table.Next();
        await table.Counts(5, "30");
        await table.Sort("About");
        await Until(() => table.Rows.Count == 25 && table.Rows[0][5] == "thing 00");
        await table.Filter("Action", "INVITE");
        await table.Counts(10, "10");
        await table.Filter("Who", "nobody");
        await table.Counts(0, "0");
    }

    [Fact]
    public async Task Deliveries_of_a_webhook_are_sorted_filtered_and_paged()
    {
        var webhook = new Webhook(_seeded.Project.Id, "robot", "http://127.0.0.1:9/told", [EventKind.EpochReady], "secret", null, Clock.GetUtcNow());
        await Change(async db =>
        {
            db.Add(webhook);
            await db.SaveChangesAsync();
            for (var n = 0; n < 28; n++)
            {
                var delivery = db.Add(Labeler.Shared.Data.Outbox.Test(webhook, Clock.GetUtcNow().AddMinutes(n)));
                delivery.Property(one => one.Tries).CurrentValue = n;
            }
            await db.SaveChangesAsync();
        });
        var table = Show<DeliveriesTable>((nameof(DeliveriesTable.WebhookId), webhook.Id), (nameof(DeliveriesTable.ProjectId), _seeded.Project.Id));
        await table.Counts(25, "28");
        Assert.Equal(["test", "to be sent", "27"], table.Rows[0][1..4]);
        await table.Next();
        await table.Counts(3, "28");
        await table.Sort("Tries");
        await Until(() => table.Rows.Count == 25 && table.Rows[0][3] == "0");
        await table.Sort("Tries");
        await Until(() => table.Rows.Count == 25 && table.Rows[0][3] == "27");
    }
}
