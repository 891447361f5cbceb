namespace Labeler.Web.Features.Api;

/// <summary>Some of many things, in the order of their numbers.</summary>
/// <param name="Next">Send it as <c>after</c> for the next ones; null where there are none.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, long? Next);

/// <summary>Which ones: those after a number, and how many.</summary>
public readonly record struct PageAsked(long? After, int? Limit)
{
    public const int Usual = 50, Most = 200;

    public long From => After ?? long.MinValue;

    /// <exception cref="LabelerException">It is not between 1 and <see cref="Most"/>.</exception>
    public int Count => (Limit ?? Usual) is >= 1 and <= Most and var count ? count
        : throw new LabelerException($"limit is 1 to {Most}.");

    /// <param name="rows">Those after <see cref="From"/>, in their order.</param>
    public async Task<Page<T>> Of<T>(IQueryable<T> rows, Func<T, long> number, CancellationToken cancel)
    {
        var count = Count;
        // One more tells whether there are further ones.
        var found = await rows.Take(count + 1).ToListAsync(cancel);
        return found.Count > count ? new(found[..count], number(found[count - 1])) : new(found, null);
    }
}
