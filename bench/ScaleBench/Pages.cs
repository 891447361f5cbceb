using Labeler.Shared.Data;
using Labeler.Shared.Exports;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.Web.Components.Tables;
using Labeler.Web.Features.Audit;
using Labeler.Web.Features.Dashboard;
using Labeler.Web.Features.Epochs;
using Labeler.Web.Features.Gallery;
using Labeler.Web.Features.Labeling;
using Labeler.Web.Features.People;
using Labeler.Web.Features.Projects;
using Labeler.Web.Features.Review;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace Labeler.Bench.Scaling;

/// <summary>What leads and admins open, by the queries of the pages themselves, on the largest project where one is shown.</summary>
internal sealed class Pages(Measured measured, Plan plan, int times)
{
    private const int Size = 25;

    public async Task Run()
    {
        var largest = plan.Projects[0];
        await Votes(largest);
        await Dashboards();
        await DashboardParts(largest);
        await Epochs(largest);
        await People();
        await Gallery(largest);
        await Exports(largest);
    }

    /// <summary>As a server reads them that has just begun, and as it reads them every few seconds from then on.</summary>
    public async Task Dashboards()
    {
        foreach (var (name, project) in new[]
        {
            ("flags, the largest", plan.Projects[0]), ("pairs", Of(LabelingTask.PreferPair)), ("scores", Of(LabelingTask.Score)),
        })
        {
            await Dashboard($"dashboard for the first time, {name}", project, _ => new());
            await Dashboard($"dashboard, {name}", project, services => services.GetRequiredService<FinishedEpochs>());
        }
    }

    private Task Dashboard(string name, PlannedProject project, Func<IServiceProvider, FinishedEpochs> finished) =>
        measured.Time($"{name} ({project.Votes:N0} votes)", times, (services, _) => With(services, async db =>
        {
            var stored = await db.Projects.AsNoTracking().FirstAsync(p => p.Id == project.Id);
            var figures = await Web.Features.Dashboard.Figures.Read(db, finished(services), stored, TimeProvider.System);
            await NextStep.Of(db, stored, figures);
        }));

    private async Task Votes(PlannedProject project)
    {
        var usual = new TableOrder<VoteRow, long>([], (nameof(VoteRow.At), true), vote => vote.Id);
        var slowest = usual with { Sorts = [new(nameof(VoteRow.Milliseconds), true, 0, row => row.Milliseconds)] };
        var byName = usual with { Sorts = [new(nameof(VoteRow.Annotator), false, 0, row => row.Annotator!)] };
        var total = 0;
        await measured.Time("votes: counted", times, (services, _) => With(services, async db => total = await VoteRow.Of(db, project.Id, null).CountAsync()));
        foreach (var (place, skip) in new[] { ("first", 0), ("in the midst", total / 2), ("last", total - Size) })
        {
            await Page($"votes: page {place}", usual, skip, rows => rows);
        }
        await Page("votes: first page by seconds", slowest, 0, rows => rows);
        await Page("votes: page in the midst by seconds", slowest, total / 2, rows => rows);
        foreach (var (place, skip) in new[] { ("first page", 0), ("page in the midst", total / 2) })
        {
            await measured.Time($"votes: {place} by annotator", times, (services, _) => With(services, async db =>
            {
                var (touched, before) = (await VotesByName.Touched(db, VoteRow.VotesOf(db, project.Id, null), false, skip, Size, default))!.Value;
                await VoteRow.Of(db, touched).Page(byName, skip - before, Size, default, VoteRow.Of(db, db.Votes));
            }));
        }
        await Filtered("set aside", rows => rows.Where(vote => vote.State == VoteStanding.SetAside));
        await Filtered("of one annotator", rows => rows.Where(vote => vote.Annotator!.Contains("Annotator 77") || vote.Annotator.ToLower().Contains("annotator 77")));
        await measured.Time("review: first items", times, (services, _) => With(services, async db => await ReviewedItem.Read(
            db, await db.Projects.AsNoTracking().FirstAsync(p => p.Id == project.Id), ReviewFilter.Newest, new(), 0, Size)));
        await measured.Time("votes of the last day: counted", times, (services, _) => With(services, db =>
            VoteRow.Of(db, project.Id, DateTimeOffset.UtcNow.AddDays(-1)).CountAsync()));

        async Task Filtered(string name, Func<IQueryable<VoteRow>, IQueryable<VoteRow>> filter)
        {
            await Page($"votes {name}: first page", usual, 0, filter);
            await measured.Time($"votes {name}: counted", times, (services, _) => With(services, db => filter(VoteRow.Of(db, project.Id, null)).CountAsync()));
        }

        Task Page(string name, TableOrder<VoteRow, long> order, int skip, Func<IQueryable<VoteRow>, IQueryable<VoteRow>> filter) =>
            measured.Time(name, times, (services, _) => With(services, db =>
                filter(VoteRow.Of(db, project.Id, null)).Page(order, skip, Size, default, VoteRow.Of(db, db.Votes), skip == 0 ? null : total)));
    }

    private async Task DashboardParts(PlannedProject project)
    {
        foreach (var (name, read) in new (string, Func<LabelerDb, Project, Task>)[]
        {
            ("rates", (db, stored) => EpochRates.Read(db, stored.Id)), ("labels", (db, stored) => LabelCounts.Read(db, stored)),
            ("people", (db, stored) => AnnotatorFigures.Read(db, stored.Id)), ("agreement", (db, stored) => AgreementFigures.Read(db, stored, null)),
            ("yield", (db, stored) => SignalYield.Read(db, stored.Id)), ("changes", (db, stored) => EpochChange.Read(db, stored)),
        })
        {
            await measured.Time($"  of the largest's dashboard: {name}", times, (services, _) => With(services, async db =>
                await read(db, await db.Projects.AsNoTracking().FirstAsync(p => p.Id == project.Id))));
        }
    }

    private async Task Epochs(PlannedProject project)
    {
        var usual = new TableOrder<EpochRow, long>([], (nameof(EpochRow.Number), true), epoch => epoch.Id);
        await measured.Time("epochs: first page of the table", times, (services, _) => With(services, async db =>
        {
            await EpochRow.Of(db, project.Id).CountAsync();
            await EpochRow.Of(db, project.Id).Page(usual, 0, Size, default);
        }));
        await measured.Time("epochs: the dry run and what changed", times, (services, _) => With(services, async db =>
        {
            var status = await ProjectStatus.Of(db, project.Id);
            await services.GetRequiredService<EpochCycle>().DryRun(status.Epoch!.Id);
            await EpochChange.Read(db, status.Project, status.Epoch);
        }));
        await measured.Time("projects: all of them", times, (services, _) => With(services, db => ProjectStatus.All(db, db.Projects, false)));
    }

    private async Task People()
    {
        var usual = new TableOrder<PersonRow, Guid>([], (nameof(PersonRow.Name), false), person => person.Id);
        var byVotes = usual with { Sorts = [new(nameof(PersonRow.Votes), true, 0, row => row.Votes)] };
        foreach (var (name, order) in new[] { ("by name", usual), ("by votes", byVotes) })
        {
            await measured.Time($"people: first page {name}", times, (services, _) => With(services, async db =>
            {
                await PersonRow.All(db).CountAsync();
                await PersonRow.All(db).Page(order, 0, Size, default);
            }));
        }
        var audit = new TableOrder<AuditRow, long>([], (nameof(AuditRow.At), true), row => row.Id);
        await measured.Time("audit: first page", times, (services, _) => With(services, async db =>
        {
            await AuditRow.All(db).CountAsync();
            await AuditRow.All(db).Page(audit, 0, Size, default);
        }));
    }

    private async Task Gallery(PlannedProject project)
    {
        var open = GalleryFilter.Of(null, null, null, null, null);
        var who = GalleryFilter.Of(null, null, $"{plan.Person(project, project.First.Item + 1, 0)}", null, null);
        await measured.Time("gallery: first page", times, (services, n) => With(services, db =>
            GalleryQuery.Read(db, "project-1", (n % project.Epochs) + 1, open, GalleryPlace.Start)));
        await measured.Time("gallery: of one annotator", times, (services, n) => With(services, db =>
            GalleryQuery.Read(db, "project-1", (n % project.Epochs) + 1, who, GalleryPlace.Start)));
        await measured.Time("own votes of an annotator", times, (services, n) => With(services, db =>
            OwnVotes.Newest(db, project.Id, plan.Person(project, project.First.Item + n, 0), Size, default)));
    }

    private async Task Exports(PlannedProject project)
    {
        await measured.Time("export of an epoch's votes: the first line", times, (services, n) => With(services, async db =>
        {
            using var lines = new FirstLines();
            try
            {
                await VoteExport.WriteCsv(db, project.First.Epoch + (n % project.Epochs), lines, lines.Enough);
            }
            catch (OperationCanceledException)
            {
                // It had begun.
            }
        }));
        await measured.Time("export of an epoch's votes: all", times, (services, n) => With(services, db =>
            VoteExport.WriteCsv(db, project.First.Epoch + (n % (project.Epochs - 1)), TextWriter.Null)));
    }

    private PlannedProject Of(LabelingTask task) => plan.Projects.First(project => project.Task == task);

    private static async Task With(IServiceProvider services, Func<LabelerDb, Task> work)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
        await work(db);
    }
}
