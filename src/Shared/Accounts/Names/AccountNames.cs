namespace Labeler.Shared.Accounts.Names;

public static class AccountNames
{
    /// <summary>Call it in the transaction that gives the name: of two who choose alike names at once, the second is refused.</summary>
    /// <param name="account">Whose name it will be; its own other name may be like it.</param>
    /// <exception cref="LabelerException">Another account signs in by a name that looks the same, or is shown by one.</exception>
    public static async Task RequireUnlike(LabelerDb db, string name, Guid account, CancellationToken cancel = default)
    {
        await db.BeAlone(LockScope.Names, 0, cancel);
        var skeleton = NameSkeleton.Of(name);
        // People are few: their names are read, rather than kept a second time as skeletons.
        var others = await db.Users.Where(a => a.Id != account).Select(a => new { a.UserName, a.DisplayName }).ToListAsync(cancel);
        LabelerException.ThrowIf(
            others.Exists(other => NameSkeleton.Of(other.UserName ?? "") == skeleton || NameSkeleton.Of(other.DisplayName) == skeleton),
            "Somebody has this name already, or one that looks like it: choose another.");
    }
}
