using System.Security.Claims;
using Labeler.Web.Components.Layout;

namespace Labeler.Web.Features.Places;

/// <summary>Finds places by a part of their name, and only those that the person may use. Names that begin with what was typed come first.</summary>
public sealed class PlaceSearch(IDbContextFactory<LabelerDb> contexts)
{
    public const int Most = 20;

    // Before anything is typed: the newest projects, so that the pages stand in sight too.
    private const int Newest = 8;

    private sealed record Named(long Id, string Slug, string Name, PictureSource Source);

    public async Task<IReadOnlyList<Place>> Find(ClaimsPrincipal user, string asked, CancellationToken cancel)
    {
        var typed = new Typed(asked);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        List<(int Fit, Place Place)> found = [.. from project in await Projects(db, typed.Text, cancel) select (Fit(project, typed.Text), Home(project, user))];
        if (typed.Before.Length > 0)
        {
            var projects = await Projects(db, typed.Before, cancel);
            found.AddRange(await Epochs(db, user, typed, projects, cancel));
            found.AddRange(Tabs(user, typed, projects));
        }
        found.AddRange(Pages(user, typed));
        if (user.IsInRole(Role.Admin) && typed.Text.Length > 0)
        {
            found.AddRange(await People(db, typed.Text, cancel));
        }
        return [.. found.OrderBy(one => one.Fit).Select(one => one.Place).DistinctBy(place => place.Address).Take(Most)];
    }

    // Case counts in what a database compares beyond ASCII, so a name is also looked for as it was typed.
    private static async Task<IReadOnlyList<Named>> Projects(LabelerDb db, string part, CancellationToken cancel)
    {
        var low = part.ToLowerInvariant();
        var there = db.Projects.Where(project => project.DeletedAt == null);
        var named = part.Length == 0
            ? there.OrderByDescending(project => project.Id).Take(Newest)
            : there.Where(project => project.Name.ToLower().Contains(low) || project.Name.Contains(part))
                .OrderByDescending(project => project.Name.ToLower().StartsWith(low)).ThenBy(project => project.Name).ThenBy(project => project.Id).Take(Most);
        return await named.Select(project => new Named(project.Id, project.Slug, project.Name, project.Source)).ToListAsync(cancel);
    }

    private static async Task<IEnumerable<(int, Place)>> Epochs(LabelerDb db, ClaimsPrincipal user, Typed typed, IReadOnlyList<Named> projects, CancellationToken cancel)
    {
        if (typed.Epoch is not { } number || !user.IsInRole(ProjectTab.Gallery.Policy))
        {
            return [];
        }
        var ids = projects.Where(project => project.Source != PictureSource.Checkpoints).Select(project => project.Id).ToList();
        var there = await db.Epochs.Where(epoch => ids.Contains(epoch.ProjectId) && epoch.Number == number).Select(epoch => epoch.ProjectId).ToHashSetAsync(cancel);
        return from project in projects
               where there.Contains(project.Id)
               select (Fit(project, typed.Before), new Place($"{project.Name}, epoch {number}", "Epoch", $"{ProjectTab.Gallery.Address(project.Slug)}?epoch={number}", "epochs"));
    }

    private static IEnumerable<(int, Place)> Tabs(ClaimsPrincipal user, Typed typed, IReadOnlyList<Named> projects) =>
        from project in projects
        where project.Source != PictureSource.Checkpoints
        from tab in ProjectTab.Of(project.Source)
        where user.IsInRole(tab.Policy) && tab.Name.StartsWith(typed.Last, StringComparison.OrdinalIgnoreCase)
        select (Fit(project, typed.Before), new Place($"{project.Name}, {tab.Name.ToLowerInvariant()}", "Page of a project", tab.Address(project.Slug), "folder"));

    private static IEnumerable<(int, Place)> Pages(ClaimsPrincipal user, Typed typed) =>
        from page in Navigation.Destinations.Concat(Navigation.Others)
        where page.IsFor(user)
        let fit = Typed.Fit(page.Text, typed.Text)
        where fit is not null
        select (fit.Value, new Place(page.Text, "Page", page.Address, page.Icon));

    private static async Task<IEnumerable<(int, Place)>> People(LabelerDb db, string part, CancellationToken cancel)
    {
        var (low, high) = (part.ToLowerInvariant(), part.ToUpperInvariant());
        var people = await db.Users
            .Where(a => a.DisplayName.ToLower().Contains(low) || a.DisplayName.Contains(part) || a.NormalizedUserName!.Contains(high))
            .OrderByDescending(a => a.DisplayName.ToLower().StartsWith(low)).ThenBy(a => a.DisplayName).ThenBy(a => a.Id).Take(Most)
            .Select(a => new { a.Id, a.DisplayName, a.UserName }).ToListAsync(cancel);
        return from person in people
               let fit = Typed.Fit(person.DisplayName, part) ?? Typed.Fit(person.UserName!, part) ?? 2
               select (fit, new Place(person.DisplayName, person.UserName == person.DisplayName ? "Person" : $"Person, signs in as {person.UserName}", $"people/{person.Id}", "people"));
    }

    // Contained in it in another case of letters than ours, where nothing else fits.
    private static int Fit(Named project, string part) => Typed.Fit(project.Name, part) ?? 2;

    private static Place Home(Named project, ClaimsPrincipal user)
    {
        if (!user.IsInRole(Role.Lead))
        {
            return new(project.Name, "To label", ProjectTab.Label.Address(project.Slug), "label");
        }
        return project.Source == PictureSource.Checkpoints
            ? new(project.Name, "Evaluation", $"compare/evaluations/{project.Slug}", "compare")
            : new(project.Name, "Project", ProjectTab.Overview.Address(project.Slug), "folder");
    }
}
