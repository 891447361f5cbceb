namespace Labeler.Web.Features.People;

/// <summary>An account with its highest role, as the list of people shows it.</summary>
/// <param name="Touched">Of somebody who withdrew: the models that had learned from their votes, directly or through a parent.</param>
public sealed record Person(Account Account, string Role, IReadOnlyList<TouchedModel> Touched)
{
    /// <summary>Everybody, those who can sign in first, by name.</summary>
    public static async Task<List<Person>> All(LabelerDb db)
    {
        var accounts = await db.Users.AsNoTracking().ToListAsync();
        var held = await db.UserRoles.Join(db.Roles, link => link.RoleId, role => role.Id, (link, role) => new { link.UserId, role.Name })
            .ToListAsync();
        var roles = held.ToLookup(h => h.UserId, h => h.Name);
        var touched = new Dictionary<Guid, IReadOnlyList<TouchedModel>>();
        foreach (var withdrawn in accounts.Where(a => a.WithdrawnAt is not null))
        {
            touched[withdrawn.Id] = await TouchedModel.By(db, withdrawn.Id);
        }
        return [.. accounts
            .Select(a => new Person(a, Shared.Accounts.Role.All.LastOrDefault(r => roles[a.Id].Contains(r)) ?? "none",
                touched.GetValueOrDefault(a.Id, [])))
            .OrderBy(p => p.Account.IsDisabled()).ThenBy(p => p.Account.DisplayName, StringComparer.CurrentCultureIgnoreCase)];
    }
}

/// <summary>A model that learned from somebody's votes.</summary>
/// <param name="Epoch">Number of the epoch whose votes it learned from.</param>
public sealed record TouchedModel(long Checkpoint, string Project, int Epoch)
{
    public static async Task<IReadOnlyList<TouchedModel>> By(LabelerDb db, Guid annotator)
    {
        var ids = (await CheckpointLineage.TouchedBy(db, annotator)).Select(c => c.Id).ToList();
        return await db.Checkpoints.Where(c => ids.Contains(c.Id))
            .Join(db.Epochs, c => c.EpochId, e => e.Id, (c, e) => new { c.Id, e.ProjectId, e.Number })
            .Join(db.Projects, c => c.ProjectId, p => p.Id, (c, p) => new { c.Id, p.Name, c.Number }).OrderBy(c => c.Id)
            .Select(c => new TouchedModel(c.Id, c.Name, c.Number)).ToListAsync();
    }
}
