using System.Security.Claims;
using Labeler.Web.Components.Layout;

namespace Labeler.Web.Features.Places;

/// <summary>
/// Finds places by a part of their name, and only those that the person may use. Names that begin with what was typed come first.
/// </summary>
public sealed class PlaceSearch(IDbContextFactory<LabelerDb> contexts, IStringLocalizer<Texts> L)
{
    public const int Most = 20;

    // Before anything is typed: the newest projects, so that the pages stand in sight too.
    private const int Newest = 8;

    private sealed record Named(long Id, string Slug, string Name, PictureSource Source, ProjectRole Role);

    public async Task<IReadOnlyList<Place>> Find(ClaimsPrincipal user, string asked, CancellationToken cancel)
    {
        var (typed, viewer) = (new Typed(asked), user.Viewer());
        await using var db = await contexts.CreateDbContextAsync(cancel);
        List<(int Fit, Place Place)> found =
            [.. from project in await Projects(db, viewer, typed.Text, cancel) select (Fit(project, typed.Text), Home(project))];
        if (typed.Before.Length > 0)
        {
            var projects = await Projects(db, viewer, typed.Before, cancel);
            found.AddRange(await Epochs(db, typed, projects, cancel));
            found.AddRange(Tabs(typed, projects));
        }
        found.AddRange(Pages(user, typed));
        if (user.IsInRole(Role.Admin) && typed.Text.Length > 0)
        {
            found.AddRange(await People(db, typed.Text, cancel));
        }
        return [.. found.OrderBy(one => one.Fit).Select(one => one.Place).DistinctBy(place => place.Address).Take(Most)];
    }

    // Case counts in what a database compares beyond ASCII, so a name is also looked for as it was typed.
    private static async Task<IReadOnlyList<Named>> Projects(
        LabelerDb db, Viewer viewer, string part, CancellationToken cancel)
    {
        var low = part.ToLowerInvariant();
        var there = viewer.Projects(db).Where(project => project.DeletedAt == null);
        var named = part.Length == 0
            ? there.OrderByDescending(project => project.Id).Take(Newest)
            : there.Where(project => project.Name.ToLower().Contains(low) || project.Name.Contains(part))
                .OrderByDescending(project => project.Name.ToLower().StartsWith(low)).ThenBy(project => project.Name)
                .ThenBy(project => project.Id).Take(Most);
        var roles = await viewer.Roles(db, named, cancel);
        return [.. from project in await named.Select(p => new { p.Id, p.Slug, p.Name, p.Source }).ToListAsync(cancel)
                   where roles.ContainsKey(project.Id)
                   select new Named(project.Id, project.Slug, project.Name, project.Source, roles[project.Id])];
    }

    private async Task<IEnumerable<(int, Place)>> Epochs(
        LabelerDb db, Typed typed, IReadOnlyList<Named> projects, CancellationToken cancel)
    {
        if (typed.Epoch is not { } number)
        {
            return [];
        }
        var ids = projects.Where(project => project.Source != PictureSource.Checkpoints
                && project.Role >= ProjectRoles.Named(ProjectTab.Gallery.Policy))
            .Select(project => project.Id).ToList();
        var there = await db.Epochs.Where(epoch => ids.Contains(epoch.ProjectId) && epoch.Number == number)
            .Select(epoch => epoch.ProjectId).ToHashSetAsync(cancel);
        return from project in projects
               where there.Contains(project.Id)
               let address = $"{ProjectTab.Gallery.Address(project.Slug)}?epoch={number}"
               select (Fit(project, typed.Before), new Place(L["{0}, epoch {1}", project.Name, number], L["Epoch"], address, "epochs"));
    }

    private IEnumerable<(int, Place)> Tabs(Typed typed, IReadOnlyList<Named> projects) =>
        from project in projects
        where project.Source != PictureSource.Checkpoints
        from tab in ProjectTab.Of(project.Source, project.Role)
        where Begins(tab.Name, typed.Last) || Begins(L[tab.Name], typed.Last)
        let text = L["{0}, {1}", project.Name, L[tab.Name].Value.ToLowerInvariant()]
        select (Fit(project, typed.Before), new Place(text, L["Page of a project"], tab.Address(project.Slug), "folder"));

    private IEnumerable<(int, Place)> Pages(ClaimsPrincipal user, Typed typed) =>
        from page in Navigation.Destinations.Concat(Navigation.Others)
        where page.IsFor(user)
        let fit = Typed.Fit(L[page.Text], typed.Text) ?? Typed.Fit(page.Text, typed.Text)
        where fit is not null
        select (fit.Value, new Place(L[page.Text], L["Page"], page.Address, page.Icon));

    private async Task<IEnumerable<(int, Place)>> People(LabelerDb db, string part, CancellationToken cancel)
    {
        var (low, high) = (part.ToLowerInvariant(), part.ToUpperInvariant());
        var people = await db.Users
            .Where(a => a.DisplayName.ToLower().Contains(low) || a.DisplayName.Contains(part) || a.NormalizedUserName!.Contains(high))
            .OrderByDescending(a => a.DisplayName.ToLower().StartsWith(low)).ThenBy(a => a.DisplayName).ThenBy(a => a.Id).Take(Most)
            .Select(a => new { a.Id, a.DisplayName, a.UserName }).ToListAsync(cancel);
        return from person in people
               let fit = Typed.Fit(person.DisplayName, part) ?? Typed.Fit(person.UserName!, part) ?? 2
               let detail = person.UserName == person.DisplayName ? L["Person"] : L["Person, signs in as {0}", person.UserName!]
               select (fit, new Place(person.DisplayName, detail, $"people/{person.Id}", "people"));
    }

    private static bool Begins(string name, string part) => name.StartsWith(part, StringComparison.OrdinalIgnoreCase);

    // Contained in it in another case of letters than ours, where nothing else fits.
    private static int Fit(Named project, string part) => Typed.Fit(project.Name, part) ?? 2;

    private Place Home(Named project)
    {
        if (project.Role < ProjectRole.Reviewer || (project.Role < ProjectRole.Lead && project.Source == PictureSource.Checkpoints))
        {
            return new(project.Name, L["To label"], ProjectTab.Label.Address(project.Slug), "label");
        }
        return project.Source == PictureSource.Checkpoints
            ? new(project.Name, L["Evaluation"], $"compare/evaluations/{project.Slug}", "compare")
            : new(project.Name, L["Project"], ProjectTab.Overview.Address(project.Slug), "folder");
    }
}
