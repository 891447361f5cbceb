using Labeler.Shared.Accounts;

namespace Labeler.Shared.Exports;

/// <summary>Whose votes those are that come in a file: an account without a password, named for the file.</summary>
public static class ImportedRater
{
    public static async Task<Account> Find(LabelerDb db, string fileName, DateTimeOffset now, CancellationToken cancel = default)
    {
        var name = Path.GetFileNameWithoutExtension(fileName);
        name = "import " + name[..Math.Min(name.Length, Account.LongestDisplayName - 7)];
        var account = await db.Users.FirstOrDefaultAsync(a => a.UserName == name, cancel);
        if (account is null)
        {
            account = new Account(name, name, now) { NormalizedUserName = name.ToUpperInvariant() };
            db.Users.Add(account);
        }
        return account;
    }
}
