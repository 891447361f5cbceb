namespace Labeler.Bench.Figures;

/// <summary>What raters who sometimes err say about the pictures of a model that is always the same.</summary>
/// <param name="Groups">Groups of an epoch.</param>
/// <param name="GroupSize">Pictures of a group.</param>
/// <param name="Alike">How often a picture is as good as the first of its group, beyond chance: the correlation inside groups.</param>
/// <param name="Raters">Who judge every picture.</param>
/// <param name="Error">How often one says something else than what is true.</param>
public sealed record SimulatedRaters(int Groups, int GroupSize, double Alike, int Raters = 3, double Error = 0.1)
{
    /// <summary>What is said of every picture of every group, as places among the options.</summary>
    /// <param name="shares">How often each option is the true one.</param>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<int>>> Epoch(Random random, IReadOnlyList<double> shares) =>
        [.. Enumerable.Range(0, Groups).Select(_ => Group(random, shares))];

    /// <summary>How often each option is given in the long run: what intervals should hold.</summary>
    public IReadOnlyList<double> Expected(IReadOnlyList<double> shares) =>
        [.. shares.Select(share => share * (1 - Error) + (1 - share) * Error / (shares.Count - 1))];

    private IReadOnlyList<IReadOnlyList<int>> Group(Random random, IReadOnlyList<double> shares)
    {
        var first = Draw(random, shares);
        return [.. Enumerable.Range(0, GroupSize).Select(n =>
        {
            var truth = n == 0 || random.NextDouble() < Alike ? first : Draw(random, shares);
            return (IReadOnlyList<int>)[.. Enumerable.Range(0, Raters).Select(_ => Say(random, truth, shares.Count))];
        })];
    }

    private int Say(Random random, int truth, int options)
    {
        if (random.NextDouble() >= Error)
        {
            return truth;
        }
        var other = random.Next(options - 1);
        return other < truth ? other : other + 1;
    }

    private static int Draw(Random random, IReadOnlyList<double> shares)
    {
        var left = random.NextDouble();
        for (var option = 0; option < shares.Count - 1; option++)
        {
            left -= shares[option];
            if (left < 0)
            {
                return option;
            }
        }
        return shares.Count - 1;
    }
}
