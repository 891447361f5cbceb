namespace Labeler.Shared.Comparisons;

/// <summary>Which of many columns there is room for.</summary>
public static class Evenly
{
    /// <summary>All of them, or the first, the last and some evenly between.</summary>
    /// <param name="most">As many at the most; 2 or more.</param>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> all, int most) =>
        all.Count <= most ? all : [.. Enumerable.Range(0, most).Select(n => all[(int)Math.Round(n * (all.Count - 1.0) / (most - 1))])];
}
