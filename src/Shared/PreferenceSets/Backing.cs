namespace Labeler.Shared.PreferenceSets;

/// <summary>What a set says of the people behind a preference.</summary>
/// <param name="Weight">How sure they were, above 0 to 1; null where the set does not say.</param>
/// <param name="Votes">How many votes it follows from; null where the set does not say.</param>
internal readonly record struct Backing(double? Weight, double? Votes)
{
    private const int MostVotes = 1_000_000;

    /// <summary>Why it cannot be kept, for people; null where it can.</summary>
    public string? Fault =>
        Weight is not (null or (> 0 and <= 1)) ? FormattableString.Invariant($"its weight is {Weight}; above 0 to 1 is expected")
        : Votes is not (null or (>= 1 and <= MostVotes)) || Votes % 1 > 0
            ? FormattableString.Invariant($"its number of votes is {Votes}; a whole number from 1 to {MostVotes:N0} is expected")
        : null;

    /// <summary>Of texts; what is no number is not a number here either, and what is empty says nothing.</summary>
    public static Backing Of(string? weight, string? votes) => new(Number(weight), Number(votes));

    private static double? Number(string? text) => string.IsNullOrEmpty(text) ? null
        : double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
