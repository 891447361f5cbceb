namespace Labeler.Shared.Jobs;

/// <summary>A share of a job as it is queued.</summary>
/// <param name="Payload">What it is to do.</param>
/// <param name="Pieces">How many it is to make.</param>
/// <param name="Device">The device that its project asks for; empty where each worker uses its own.</param>
public sealed record ShareOrder(object Payload, int Pieces, string Device)
{
    /// <summary>The most shares of a job. Each costs its beginning, and that many leave little to wait for at the end, where up to ten
    /// workers take part.</summary>
    public const int Most = 32;

    /// <summary>Cuts pieces that follow one another into shares, of the same size as far as it goes.</summary>
    /// <param name="count">Pieces of this row.</param>
    /// <param name="together">Pieces that are computed together stay together.</param>
    /// <param name="all">Pieces of the whole job: with the others it decides the size, and neither how many workers there are nor which
    /// pieces are there already.</param>
    /// <returns>The first piece of each and how many it has.</returns>
    public static IEnumerable<(int First, int Count)> Cut(int count, int together, int all)
    {
        var units = (all + together - 1) / together;
        var size = together * ((units + Most - 1) / Most);
        for (var first = 0; first < count; first += size)
        {
            yield return (first, Math.Min(size, count - first));
        }
    }
}
