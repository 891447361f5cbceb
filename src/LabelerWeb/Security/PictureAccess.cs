using System.Security.Claims;
using Microsoft.Extensions.Caching.Memory;

namespace Labeler.Web.Security;

/// <summary>
/// Who may see which picture. A labeling page asks for dozens within a second, so what the database said a moment ago of the person
/// is enough here; everything else asks anew.
/// </summary>
public sealed class PictureAccess(Rights rights, IDbContextFactory<LabelerDb> contexts) : IDisposable
{
    /// <summary>So long is a yes remembered: less than the second within which whoever loses a right is out.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMilliseconds(500);

    // That a picture is in a project stays so; only a deleted group ends it.
    private static readonly TimeSpan Known = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _said = new(new MemoryCacheOptions { SizeLimit = 100_000 });

    /// <summary>Does what somebody signed in with still hold? A no is never remembered.</summary>
    public async Task<bool> Hold(ClaimsPrincipal user, CancellationToken cancel)
    {
        var key = (user.SessionId(), user.AccountId(), rights.Stamp(user), user.HighestRole());
        if (_said.TryGetValue(key, out _))
        {
            return true;
        }
        var hold = await rights.Hold(user, cancel);
        if (hold)
        {
            Remember(key, Recent);
        }
        return hold;
    }

    /// <summary>Remembers that these pictures are in a project that was just found to be this person's.</summary>
    internal void HandOut(Viewer viewer, long project, IEnumerable<string> hashes)
    {
        Remember(Key(viewer, project), Recent);
        foreach (var hash in hashes)
        {
            Remember(hash, Known, project);
        }
    }

    /// <summary>A picture may be in several projects; one that is in none stands in somebody's guidelines.</summary>
    internal async Task<bool> MaySee(string hash, Viewer viewer, CancellationToken cancel)
    {
        if (viewer is { Everywhere: ProjectRole.Admin, Only: null }
            || _said.TryGetValue(hash, out long known) && _said.TryGetValue(Key(viewer, known), out _))
        {
            return true;
        }
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var theirs = await viewer.Projects(db).Select(p => p.Id).ToHashSetAsync(cancel);
        var projects = await db.Groups.Where(g => db.Images.Any(i => i.ContentHash == hash && i.GroupId == g.Id))
            .Select(g => g.ProjectId).Distinct().ToListAsync(cancel);
        if (projects.Find(theirs.Contains) is var shared and not 0)
        {
            HandOut(viewer, shared, [hash]);
            return true;
        }
        if (projects.Count > 0)
        {
            return false;
        }
        var guidelines = await db.Projects.Select(p => new { p.Id, p.Settings }).ToListAsync(cancel);
        var shown = guidelines.Where(p => p.Settings.Guidelines.Contains(hash, StringComparison.Ordinal)).ToList();
        return shown.Count == 0 || shown.Exists(p => theirs.Contains(p.Id));
    }

    public void Dispose() => _said.Dispose();

    private static (Guid, ProjectRole, string, long) Key(Viewer viewer, long project) =>
        (viewer.Account, viewer.Everywhere, string.Join(',', viewer.Only ?? []), project);

    private void Remember(object key, TimeSpan time, long value = 0) =>
        _said.Set(key, value, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = time, Size = 1 });
}
