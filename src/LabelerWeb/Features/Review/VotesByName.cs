namespace Labeler.Web.Features.Review;

/// <summary>
/// The order of votes by their annotators' names. A name stands with the account: asked of every vote, a million take a second. How many
/// votes each person has, an index tells; from that it follows whose votes a page shows.
/// </summary>
public static class VotesByName
{
    /// <summary>The votes of the people whom a page touches, and how many votes come before theirs; null where a vote's person has no
    /// account.</summary>
    /// <param name="skip">Votes before the page.</param>
    /// <param name="take">Votes of the page.</param>
    public static async Task<(IQueryable<Vote> Votes, int Before)?> Touched(
        LabelerDb db, IQueryable<Vote> votes, bool descending, int skip, int take, CancellationToken cancel)
    {
        var counts = await votes.GroupBy(vote => vote.AnnotatorId)
            .Select(theirs => new { theirs.Key, Count = theirs.Count() })
            .ToDictionaryAsync(theirs => theirs.Key, theirs => theirs.Count, cancel);
        // In the order of the database, which sorts the page itself, too.
        var people = await db.Users.OrderBy(account => account.DisplayName.ToLower())
            .Select(account => new { account.Id, Name = account.DisplayName.ToLower() }).ToListAsync(cancel);
        if (descending)
        {
            people.Reverse();
        }
        var (before, passed, touched, known) = (0, 0, new List<Guid>(), 0);
        foreach (var alike in people.Where(one => counts.ContainsKey(one.Id)).GroupBy(one => one.Name))
        {
            var count = alike.Sum(one => counts[one.Id]);
            known += alike.Count();
            if (passed + count <= skip)
            {
                before += count;
            }
            else if (passed < skip + take)
            {
                touched.AddRange(alike.Select(one => one.Id));
            }
            passed += count;
        }
        return known == counts.Count ? (votes.Where(vote => touched.Contains(vote.AnnotatorId)), before) : null;
    }
}
