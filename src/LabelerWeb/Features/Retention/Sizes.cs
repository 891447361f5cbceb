namespace Labeler.Web.Features.Retention;

public static class Sizes
{
    public static string Text(long bytes) => bytes switch
    {
        < 1_000_000 => FormattableString.Invariant($"{bytes / 1e3:N1} kB"),
        < 1_000_000_000 => FormattableString.Invariant($"{bytes / 1e6:N1} MB"),
        _ => FormattableString.Invariant($"{bytes / 1e9:N1} GB"),
    };
}
