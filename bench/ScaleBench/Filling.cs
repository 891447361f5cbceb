using System.Diagnostics;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Labeler.Bench.Scaling;

/// <summary>Writes a <see cref="Plan"/> into an empty database: projects as the product does, everything else by COPY. Indexes are made
/// afterwards, and foreign keys are not looked at.</summary>
internal sealed class Filling(IDbContextFactory<LabelerDb> contexts, string connection, Plan plan)
{
    private static readonly string[] Filled =
    [
        "Accounts", "AccountRoles", "Sessions", "AuditEntries", "Epochs", "Checkpoints", "Groups", "Images", "Items", "Leases", "Votes", "TaughtBy",
    ];

    public async Task Run(CancellationToken stop)
    {
        await Projects(stop);
        await using var to = new NpgsqlConnection($"{connection};Options=-c session_replication_role=replica;Command Timeout=0");
        await to.OpenAsync(stop);
        var indexes = await DropIndexes(to);
        await People(to);
        await Pictures(to);
        await Judgements(to);
        foreach (var (name, definition) in indexes)
        {
            var began = Stopwatch.StartNew();
            await Execute(to, definition);
            Console.WriteLine(FormattableString.Invariant($"  index {name}: {began.Elapsed.TotalSeconds:0} s"));
        }
        foreach (var table in Filled.Where(table => table is not ("Accounts" or "AccountRoles" or "Sessions" or "TaughtBy")))
        {
            await Execute(to, $"""SELECT setval(pg_get_serial_sequence('"{table}"', 'Id'), (SELECT max("Id") FROM "{table}"))""");
        }
        await Execute(to, "VACUUM ANALYZE");
    }

    private async Task Projects(CancellationToken stop)
    {
        await using var db = await contexts.CreateDbContextAsync(stop);
        foreach (var planned in plan.Projects)
        {
            var project = Project.Create($"Project {planned.Number + 1}", planned.Task, planned.Settings, plan.Begun);
            project.UsePrompts(Enumerable.Range(0, 50).Select(n => Prompt(planned, n)));
            db.Add(project);
            await db.SaveChangesAsync(stop);
            if (project.Id != planned.Id)
            {
                throw new InvalidOperationException($"Project {planned.Id} became {project.Id}: the database was not empty.");
            }
        }
    }

    private static string Prompt(PlannedProject project, long number) => $"a drawing of {number % 50 + 1} things, as project {project.Number + 1} asks for";

    private async Task People(NpgsqlConnection to)
    {
        var role = await Ask<Guid>(to, $"""SELECT "Id" FROM "Roles" WHERE "Name" = '{Role.Annotator}'""");
        var people = plan.People.Select((id, n) => (Id: id, Number: n)).ToList();
        await TableCopy.Fill(to, "Accounts",
            "Id AccessFailedCount ConcurrencyStamp CreatedAt DisplayName EmailConfirmed Keys LockoutEnabled NormalizedUserName OptOuts "
            + "PasswordHash PhoneNumberConfirmed SecurityStamp Theme TwoFactorEnabled UserName", people, (row, person) => row
                .Id(person.Id).Small(0).Text($"{person.Id}").Number(plan.At(0)).Text($"Annotator {person.Number}").Is(false)
                .Text(JsonText.Write(KeyBindings.Default)).Is(true).Text($"ANNOTATOR{person.Number}").Text("[]").Text(new string('h', 84)).Is(false)
                .Text($"{person.Id}").Small(0).Is(false).Text($"annotator{person.Number}"));
        await TableCopy.Fill(to, "AccountRoles", "UserId RoleId", people, (row, person) => row.Id(person.Id).Id(role));
        await TableCopy.Fill(to, "Sessions", "Id AccountId Address CreatedAt SeenAt UserAgent",
            from person in people from n in Enumerable.Range(0, 3) select (person.Id, person.Number, n), (row, session) => row
                .Id(new Guid((int)Plan.Chance(session.Number), (short)session.n, 0, BitConverter.GetBytes(Plan.Chance(session.Number + session.n))))
                .Id(session.Id).Text("198.51.100.7").Number(plan.At(0.9)).Number(plan.At(1)).Text(new string('u', 110)));
        await TableCopy.Fill(to, "AuditEntries", "AccountId Action Address At Outcome ProjectId Subject", Numbers(plan.Votes / 50), (row, n) => row
            .Id(plan.People[(int)(Plan.Chance(n) % plan.People.Count)]).Text(n % 3 == 0 ? "POST /sign-in" : "POST /p/{slug}/label")
            .Text("198.51.100.7").Number(plan.At(n / (plan.Votes / 50.0))).Small(n % 40 == 0 ? 1 : 0).Number((n % plan.Projects.Count) + 1).Text($"id {n}"));
    }

    private async Task Pictures(NpgsqlConnection to)
    {
        var epochs = from project in plan.Projects from n in Enumerable.Range(0, project.Epochs) select (Project: project, Number: n);
        var all = epochs.ToList();
        await TableCopy.Fill(to, "Checkpoints", "Id CreatedAt EpochId Kind ManifestHash ParentId ProjectId WeightsHash",
            all.Where(IsTrained), (row, epoch) => row.Number(epoch.Project.First.Epoch + epoch.Number).Number(At(epoch, 1))
                .Number(epoch.Project.First.Epoch + epoch.Number).Small(0).Text(Hash(epoch.Number)).Number(Parent(epoch)).Number(epoch.Project.Id)
                .Text(Hash(epoch.Number + 1)));
        await TableCopy.Fill(to, "Epochs",
            "Id ProjectId Number State SampledById CheckpointId ManifestHash Signal GroupsWanted CreatedAt LabellingSince FrozenAt EndedAt", all,
            (row, epoch) => row.Number(epoch.Project.First.Epoch + epoch.Number).Number(epoch.Project.Id).Small(epoch.Number + 1)
                .Small((int)(IsTrained(epoch) ? EpochState.Complete : EpochState.Labeling)).Number(Parent(epoch))
                .Number(IsTrained(epoch) ? epoch.Project.First.Epoch + epoch.Number : (long?)null)
                .Text(IsTrained(epoch) ? Hash(epoch.Number) : null).Signal(IsTrained(epoch) ? 1000 : null).Small(epoch.Project.Groups)
                .Number(At(epoch, 0)).Number(At(epoch, 0)).Number(IsTrained(epoch) ? At(epoch, 1) : (long?)null)
                .Number(IsTrained(epoch) ? At(epoch, 1) : (long?)null));
        var groups = from epoch in all
                     from n in Enumerable.Range(0, epoch.Project.Groups)
                     select (epoch.Project, Epoch: epoch, In: n, Number: ((long)epoch.Number * epoch.Project.Groups) + n);
        await TableCopy.Fill(to, "Groups", "Id ProjectId EpochId Use Number Prompt Seed TrajectoryHash CreatedAt", groups, (row, group) => row
            .Number(group.Project.First.Group + group.Number).Number(group.Project.Id).Number(group.Project.First.Epoch + group.Epoch.Number)
            .Small(0).Small(group.In).Text(Prompt(group.Project, group.Number)).Number(group.Number).Text(Hash(-group.Number)).Number(At(group.Epoch, 0)));
        await TableCopy.Fill(to, "Images", "Id ContentHash GroupId Height Index Seed Width",
            from one in groups from n in Enumerable.Range(0, one.Project.GroupSize) select (one.Project, one.Number, n), (row, image) =>
            {
                var id = image.Project.First.Image + (image.Number * image.Project.GroupSize) + image.n;
                row.Number(id).Text(Hash(id)).Number(image.Project.First.Group + image.Number).Small(512).Small(image.n).Number(id).Small(512);
            });
        await TableCopy.Fill(to, "Items", "Id Check EpochId FirstId GroupId ProjectId Rank SecondId State Use Votes VotesWanted",
            from one in groups from n in Enumerable.Range(0, one.Project.ItemsPerGroup) select (one.Project, one.Number, one.In, n),
            (row, item) =>
            {
                var (project, number) = (item.Project, (item.Number * item.Project.ItemsPerGroup) + item.n);
                var (first, second) = Images(project, item.Number, item.n);
                var isJudged = number < project.JudgedItems;
                row.Number(project.First.Item + number).Small(0).Number(project.First.Epoch + (item.Number / project.Groups)).Number(first)
                    .Number(project.First.Group + item.Number).Number(project.Id).Small((item.In * project.ItemsPerGroup) + item.n).Number(second)
                    .Small((int)(isJudged ? ItemState.Done : ItemState.Open)).Small(0).Small(isJudged ? project.VotesPerItem : 0).Small(project.VotesPerItem);
            });
    }

    private async Task Judgements(NpgsqlConnection to)
    {
        await TableCopy.Fill(to, "Leases", "Id ItemId AnnotatorId TakenAt ExpiresAt FirstOnLeft DoneAt",
            plan.InOrder().Select((vote, n) => (vote, n)), (row, one) => row.Number(one.n + 1).Number(one.vote.Project.First.Item + one.vote.Item)
                .Id(one.vote.Person).Number(plan.At(one.vote.Share)).Number(plan.At(one.vote.Share)).Is(one.n % 2 == 0).Number(plan.At(one.vote.Share)));
        await TableCopy.Fill(to, "Votes",
            "Id Key Kind ProjectId EpochId ItemId AnnotatorId Verdict Seen Flagged Deformed Unsafe Exposed Choice Score Reason DurationMs At "
            + "Surplus Check SupersededById Quarantine", StoredVote.All(plan), (row, vote) => vote.Write(row, plan));
        await TableCopy.Fill(to, "TaughtBy", "CheckpointId VoteId", StoredVote.All(plan).Where(vote => vote.Teaches),
            (row, vote) => row.Number(vote.Epoch).Number(vote.Id));
    }

    // Every two images of a group of pairs, each image of a group of scores.
    private static (long? First, long? Second) Images(PlannedProject project, long group, int n)
    {
        var first = project.First.Image + (group * project.GroupSize);
        return project.Task switch
        {
            LabelingTask.FlagBatch => (null, null),
            LabelingTask.PreferPair => (first + (n switch { < 3 => 0, < 5 => 1, _ => 2 }), first + (n switch { 0 => 1, 1 or 3 => 2, _ => 3 })),
            _ => (first + n, null),
        };
    }

    private static bool IsTrained((PlannedProject Project, int Number) epoch) => epoch.Number < epoch.Project.Epochs - 1;

    private static long? Parent((PlannedProject Project, int Number) epoch) =>
        epoch.Number == 0 ? null : epoch.Project.First.Epoch + epoch.Number - 1;

    private long At((PlannedProject Project, int Number) epoch, int after) => plan.At(Math.Min(1, (epoch.Number + after) / (double)epoch.Project.Epochs));

    private static string Hash(long number) => $"{Plan.Chance(number):x16}{Plan.Chance(number + 1):x16}{Plan.Chance(~number & long.MaxValue):x16}{number & long.MaxValue:x16}";

    private static IEnumerable<long> Numbers(long count)
    {
        for (var n = 0L; n < count; n++)
        {
            yield return n;
        }
    }

    private static async Task<List<(string Name, string Definition)>> DropIndexes(NpgsqlConnection to)
    {
        var indexes = new List<(string, string)>();
        await using (var command = new NpgsqlCommand(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY($1) "
            + "AND indexname NOT IN (SELECT conname FROM pg_constraint)", to)
        { Parameters = { new() { Value = Filled } } })
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                indexes.Add((reader.GetString(0), reader.GetString(1)));
            }
        }
        foreach (var (name, _) in indexes)
        {
            await Execute(to, $"DROP INDEX \"{name}\"");
        }
        return indexes;
    }

    private static async Task Execute(NpgsqlConnection to, string text)
    {
        await using var command = new NpgsqlCommand(text, to) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> Ask<T>(NpgsqlConnection to, string text)
    {
        await using var command = new NpgsqlCommand(text, to);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
